import { add, clamp, mix3, scale, smooth, type Vec3 } from '../maths.js';
import { fbm3 } from '../noise.js';
import { Picture } from '../picture.js';
import { Rng } from '../rng.js';
import { clearSky, FINE, FOCAL, HORIZON, SUN, W } from './scene.js';

const BASE = 1500;
const TOP = 2500;
const STEPS = 24;

/** How much water hangs at a point: flat-bottomed heaps, thin between. */
function density(x: number, y: number, z: number, octaves: number): number {
  const level = (y - BASE) / (TOP - BASE);
  if (level < 0 || level > 1) return 0;
  const threshold = 0.2 + 0.5 * level * level;
  // Most of the sky is empty: two octaves are enough to know.
  const [u, v, w] = [x / 1700 + 3.1, y / 1100, z / 1700 + 8.4];
  if (fbm3(u, v, w, 2) < threshold - 0.42) return 0;
  return clamp((fbm3(u, v, w, octaves) - threshold) * 3.4) * smooth(0, 0.12, level);
}

/** Clouds are marched through as a volume: every step asks how much sun is left there, which gives them lit heads and grey feet. */
function clouds(dx: number, dy: number, jitter: number): { colour: Vec3; seen: number } {
  let colour: Vec3 = [0, 0, 0];
  let seen = 1;
  const stride = (TOP - BASE) / STEPS;
  for (let i = 0; i < STEPS && seen > 0.03; i++) {
    const y = BASE + (i + jitter) * stride;
    const z = y / dy;
    const x = dx * z;
    const here = density(x, y, z, 5);
    if (here <= 0) continue;
    let shade = 0;
    for (let k = 1; k <= 4; k++) {
      const d = 70 * k * k;
      shade += density(x + SUN[0] * d, y + SUN[1] * d, z + SUN[2] * d, 3) * k;
    }
    const lit = Math.exp(-shade * 0.5);
    const light = add(scale([2.0, 1.42, 0.98], lit), [0.34, 0.4, 0.55]);
    const opacity = 1 - Math.exp(-here * stride * Math.min(3, 0.35 / dy) * 0.012);
    colour = add(colour, scale(light, seen * opacity));
    seen *= 1 - opacity;
  }
  return { colour, seen };
}

/** The sky above the horizon, a pixel a pixel of the final picture; the lake's reflection reads it upside down. */
export function paintSky(): Picture {
  const rng = new Rng(6);
  const sky = new Picture(W / FINE, Math.ceil(HORIZON / FINE));
  return sky.map((_, px, row) => {
    const dx = ((px + 0.5) * FINE - W / 2) / FOCAL;
    const dy = Math.max(0.004, (HORIZON - (row + 0.5) * FINE) / FOCAL);
    const clear = clearSky(dx, dy);
    const jitter = rng.next();
    const { colour, seen } = clouds(dx, dy, jitter);
    // Far clouds drown in the horizon's glow.
    return mix3(clear, add(scale(clear, seen), colour), smooth(0.02, 0.16, dy));
  });
}
