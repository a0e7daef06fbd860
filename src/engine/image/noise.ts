import type { ColorStatistics } from './color-statistics.js';
import { symmetricPower } from './linear-algebra.js';
import type { Planes } from '../types/run.js';

/** Seeded Gaussian noise with the spread of a normalised image, as in Gatys et al. 2016. */
export function noiseImage(width: number, height: number, seed: number): Planes {
  const normal = gaussian(seed);
  return { width, height, data: Float32Array.from({ length: 3 * width * height }, () => 0.5 * normal()) };
}

/** Seeded Gaussian noise whose colours have the given mean and covariance. */
export function coloredNoise(
  width: number,
  height: number,
  seed: number,
  { mean, covariance }: ColorStatistics,
): Planes {
  const normal = gaussian(seed);
  const root = symmetricPower(covariance, 0.5);
  const pixels = width * height;
  const data = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    const [x, y, z] = [normal(), normal(), normal()];
    for (let c = 0; c < 3; c++) {
      data[c * pixels + i] = mean[c]! + root[3 * c]! * x + root[3 * c + 1]! * y + root[3 * c + 2]! * z;
    }
  }
  return { width, height, data };
}

/** Standard normal numbers by the Box-Muller transform; 1 - u keeps the argument of the logarithm above 0. */
function gaussian(seed: number): () => number {
  const uniform = mulberry32(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Tommy Ettinger's mulberry32, uniform in [0, 1), with 32 bits of state. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
