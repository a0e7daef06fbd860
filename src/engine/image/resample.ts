/**
 * Resamples planes with the Catmull-Rom cubic (Keys 1981, a = -1/2), first the rows, then the columns. When shrinking, the
 * kernel is widened by the ratio (antialiasing). Edge pixels are repeated.
 */
import type { Planes } from '../types/run.js';

/** Returns the argument itself if it has the size already. */
export function resample(image: Planes, width: number, height: number): Planes {
  if (image.width === width && image.height === height) return image;
  const planes = image.data.length / (image.width * image.height);
  const horizontal = taps(image.width, width);
  const vertical = taps(image.height, height);
  const rows = new Float32Array(planes * image.height * width);
  for (let row = 0; row < planes * image.height; row++) {
    apply(image.data, row * image.width, 1, horizontal, rows, row * width, 1);
  }
  const data = new Float32Array(planes * height * width);
  for (let c = 0; c < planes; c++) {
    for (let x = 0; x < width; x++) {
      apply(rows, c * image.height * width + x, width, vertical, data, c * height * width + x, width);
    }
  }
  return { width, height, data };
}

/** The source positions and weights of each output sample, `count` each. */
interface Taps {
  /** Number of taps per output sample. */
  readonly count: number;
  readonly sources: Int32Array;
  readonly weights: Float32Array;
}

function taps(from: number, to: number): Taps {
  const ratio = from / to;
  const stretch = Math.max(1, ratio);
  const count = Math.ceil(4 * stretch) + 1;
  const sources = new Int32Array(to * count);
  const weights = new Float32Array(to * count);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * ratio - 0.5;
    const first = Math.ceil(center - 2 * stretch);
    let sum = 0;
    for (let k = 0; k < count; k++) sum += weights[i * count + k] = cubic((first + k - center) / stretch);
    for (let k = 0; k < count; k++) {
      sources[i * count + k] = Math.min(from - 1, Math.max(0, first + k));
      weights[i * count + k]! /= sum;
    }
  }
  return { count, sources, weights };
}

function cubic(x: number): number {
  const t = Math.abs(x);
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
  if (t < 2) return ((-0.5 * t + 2.5) * t - 4) * t + 2;
  return 0;
}

function apply(
  source: Float32Array,
  sourceStart: number,
  sourceStride: number,
  { count, sources, weights }: Taps,
  target: Float32Array,
  targetStart: number,
  targetStride: number,
): void {
  const samples = sources.length / count;
  for (let i = 0; i < samples; i++) {
    let sum = 0;
    for (let k = i * count; k < (i + 1) * count; k++)
      sum += weights[k]! * source[sourceStart + sources[k]! * sourceStride]!;
    target[targetStart + i * targetStride] = sum;
  }
}
