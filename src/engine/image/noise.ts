import type { PlanarImage } from '../backend/backend.js';

/** Seeded Gaussian noise with the spread of a normalised picture: the start from nothing of Gatys et al. 2016. */
export function noiseImage(width: number, height: number, seed: number): PlanarImage {
  const uniform = mulberry32(seed);
  const data = new Float32Array(3 * width * height);
  for (let i = 0; i < data.length; i++) {
    // Box-Muller; 1 - u keeps the logarithm's argument above 0.
    data[i] = 0.5 * Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  }
  return { width, height, data };
}

/** Tommy Ettinger's mulberry32: 32 bits of state, uniform in [0, 1). */
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
