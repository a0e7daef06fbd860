import type { Matrix3 } from './linear-algebra.js';
import type { Planes } from '../types/run.js';

/** Mean and covariance of an image's colours, in the network's normalised space. */
export interface ColorStatistics {
  /** 3 values. */
  readonly mean: Float64Array;
  readonly covariance: Matrix3;
}

/** @param opacity weight of each pixel, [height, width]; default: equal weights */
export function colorStatistics({ width, height, data }: Planes, opacity?: Float32Array): ColorStatistics {
  const pixels = width * height;
  const weight = opacity ? (i: number) => opacity[i]! : () => 1;
  let total = 0;
  for (let i = 0; i < pixels; i++) total += weight(i);
  const mean = new Float64Array(3);
  const covariance = new Float64Array(9);
  // A fully transparent image has no colours.
  if (total === 0) return { mean, covariance };
  for (let c = 0; c < 3; c++) {
    let sum = 0;
    for (let i = 0; i < pixels; i++) sum += weight(i) * data[c * pixels + i]!;
    mean[c] = sum / total;
  }
  for (let c = 0; c < 3; c++) {
    for (let d = c; d < 3; d++) {
      let sum = 0;
      for (let i = 0; i < pixels; i++) {
        sum += weight(i) * (data[c * pixels + i]! - mean[c]!) * (data[d * pixels + i]! - mean[d]!);
      }
      covariance[3 * c + d] = covariance[3 * d + c] = sum / total;
    }
  }
  return { mean, covariance };
}

/**
 * The statistics of a mixture of images, by weight. Averages means and second moments, because the covariance of a mixture
 * also contains the differences between the means.
 */
export function blendStatistics(parts: readonly (ColorStatistics & { readonly weight: number })[]): ColorStatistics {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const mean = new Float64Array(3);
  const moment = new Float64Array(9);
  for (const part of parts) {
    const share = part.weight / total;
    for (let c = 0; c < 3; c++) mean[c]! += share * part.mean[c]!;
    for (let i = 0; i < 9; i++) {
      moment[i]! += share * (part.covariance[i]! + part.mean[Math.floor(i / 3)]! * part.mean[i % 3]!);
    }
  }
  return { mean, covariance: moment.map((x, i) => x - mean[Math.floor(i / 3)]! * mean[i % 3]!) };
}
