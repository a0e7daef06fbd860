import type { PlanarImage } from '../backend/backend.js';
import type { Matrix3 } from './matrix3.js';

/** Mean colour and covariance of the colours of a picture, in the network's normalised space. */
export interface ColorStatistics {
  /** 3 values. */
  readonly mean: Float64Array;
  readonly covariance: Matrix3;
}

export function colorStatistics({ width, height, data }: PlanarImage): ColorStatistics {
  const pixels = width * height;
  const mean = new Float64Array(3);
  for (let c = 0; c < 3; c++) {
    let sum = 0;
    for (let i = 0; i < pixels; i++) sum += data[c * pixels + i]!;
    mean[c] = sum / pixels;
  }
  const covariance = new Float64Array(9);
  for (let c = 0; c < 3; c++) {
    for (let d = c; d < 3; d++) {
      let sum = 0;
      for (let i = 0; i < pixels; i++) sum += (data[c * pixels + i]! - mean[c]!) * (data[d * pixels + i]! - mean[d]!);
      covariance[3 * c + d] = covariance[3 * d + c] = sum / pixels;
    }
  }
  return { mean, covariance };
}
