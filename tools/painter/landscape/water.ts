import { add, clamp, mix3, scale, smooth, type Vec3 } from '../maths.js';
import { fbm2, noise2 } from '../noise.js';
import { Rng } from '../rng.js';
import { EYE, FAR, FOCAL, H, HORIZON, rayX, rayY, throughAir, W } from './scene.js';
import type { View } from './view.js';

/** Ripples: their length in metres and their slope. */
const RIPPLES: readonly (readonly [number, number])[] = [
  [9, 0.0016],
  [4.1, 0.0022],
  [1.9, 0.003],
  [0.9, 0.0036],
  [0.4, 0.004],
];
const TAPS = 7;
const DEPTHS: Vec3 = [0.012, 0.034, 0.04];

/**
 * Fills the direct view's water from the mirrored one. Ripples that a pixel can show bend its look-up; those finer than
 * a pixel spread it instead, which draws a reflection out into long soft columns, as a lake does.
 */
export function pourWater(direct: View, mirrored: View): void {
  const rng = new Rng(5);
  for (let py = HORIZON; py < H; py++) {
    const dy = rayY(py);
    const z = Math.min(FAR, EYE / -dy);
    const footprint = (z * z) / (EYE * FOCAL);
    for (let px = 0; px < W; px++) {
      if (direct.depth[py * W + px]! < Infinity) continue;
      const x = rayX(px) * z;
      // Gusts roughen long streaks of the water and leave mirrors between them.
      const gust = 0.35 + 2.6 * smooth(0.05, 0.6, fbm2(x / 150 + 9, z / 34, 3) + 0.12);
      let bend = 0;
      let side = 0;
      let spread = 0;
      for (const [length, slope] of RIPPLES) {
        const shown = smooth(0.9, 0.25, footprint / length);
        if (shown > 0) {
          bend += shown * slope * noise2(x / length / 1.7, z / length + length * 7);
          side += shown * slope * noise2(x / length / 1.7 + 50, z / length);
        }
        spread += (1 - shown) * slope * slope;
      }
      spread = Math.sqrt(spread) * gust;
      let seen: Vec3 = [0, 0, 0];
      for (let t = 0; t < TAPS; t++) {
        const tilt = bend * gust * 2.2 + spread * rng.normal();
        const row = clamp(py + 2 * tilt * FOCAL, HORIZON + 1, 2 * HORIZON - 2);
        seen = add(seen, scale(mirrored.colour.sample(px + side * gust * FOCAL * 0.7, row), 1 / TAPS));
      }
      const graze = clamp(1 - Math.abs(dy) + bend * gust * 3) ** 4;
      const fresnel = 0.05 + 0.95 * graze;
      const water = mix3(DEPTHS, scale(seen, 0.96), fresnel);
      direct.colour.set(px, py, throughAir(water, rayX(px), z * 0.5, 400));
    }
  }
}
