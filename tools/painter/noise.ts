import { mix } from './maths.js';
import { Rng } from './rng.js';

/** Perlin's gradient noise: the raw material of mountains, clouds, ripples and unsteady hands. Values are in about -1..1. */
const permutation = (() => {
  const rng = new Rng(20);
  const p = rng.shuffle(Array.from({ length: 256 }, (_, i) => i));
  return Uint8Array.from([...p, ...p]);
})();

const GX = [1, -1, 1, -1, 1.4, -1.4, 0, 0];
const GY = [1, 1, -1, -1, 0, 0, 1.4, -1.4];

const fade = (t: number): number => t * t * t * (t * (t * 6 - 15) + 10);
const dot2 = (hash: number, x: number, y: number): number => GX[hash & 7]! * x + GY[hash & 7]! * y;

export function noise2(x: number, y: number): number {
  const xi = Math.floor(x);
  const yi = Math.floor(y);
  const fx = x - xi;
  const fy = y - yi;
  const u = fade(fx);
  const a = permutation[xi & 255]!;
  const b = permutation[(xi + 1) & 255]!;
  const y0 = yi & 255;
  const y1 = (yi + 1) & 255;
  const n00 = dot2(permutation[a + y0]!, fx, fy);
  const n10 = dot2(permutation[b + y0]!, fx - 1, fy);
  const n01 = dot2(permutation[a + y1]!, fx, fy - 1);
  const n11 = dot2(permutation[b + y1]!, fx - 1, fy - 1);
  const near = n00 + u * (n10 - n00);
  return near + fade(fy) * (n01 + u * (n11 - n01) - near);
}

function dot3(hash: number, x: number, y: number, z: number): number {
  const h = hash & 15;
  const u = h < 8 ? x : y;
  const v = h < 4 ? y : h === 12 || h === 14 ? x : z;
  return ((h & 1) === 0 ? u : -u) + ((h & 2) === 0 ? v : -v);
}

export function noise3(x: number, y: number, z: number): number {
  const xi = Math.floor(x);
  const yi = Math.floor(y);
  const zi = Math.floor(z);
  const fx = x - xi;
  const fy = y - yi;
  const fz = z - zi;
  const u = fade(fx);
  const v = fade(fy);
  const y0 = yi & 255;
  const z0 = zi & 255;
  const z1 = (zi + 1) & 255;
  const a = permutation[xi & 255]! + y0;
  const b = permutation[(xi + 1) & 255]! + y0;
  const aa = permutation[a & 255]!;
  const ab = permutation[(a + 1) & 255]!;
  const ba = permutation[b & 255]!;
  const bb = permutation[(b + 1) & 255]!;
  const w = fz - 1;
  const n00 = mix(dot3(permutation[aa + z0]!, fx, fy, fz), dot3(permutation[ba + z0]!, fx - 1, fy, fz), u);
  const n10 = mix(dot3(permutation[ab + z0]!, fx, fy - 1, fz), dot3(permutation[bb + z0]!, fx - 1, fy - 1, fz), u);
  const n01 = mix(dot3(permutation[aa + z1]!, fx, fy, w), dot3(permutation[ba + z1]!, fx - 1, fy, w), u);
  const n11 = mix(dot3(permutation[ab + z1]!, fx, fy - 1, w), dot3(permutation[bb + z1]!, fx - 1, fy - 1, w), u);
  return mix(mix(n00, n10, v), mix(n01, n11, v), fade(fz));
}

/** Octaves of noise, each half as large and twice as fine: a cloud, a hillside, the grain of a rock. */
export function fbm2(x: number, y: number, octaves: number, gain = 0.5): number {
  let sum = 0;
  let amplitude = 1;
  for (let i = 0; i < octaves; i++) {
    sum += amplitude * noise2(x, y);
    // Turned a little from octave to octave, so that the lattice never shows.
    const turned = 1.6 * x + 1.2 * y + 17.3;
    y = -1.2 * x + 1.6 * y + 5.1;
    x = turned;
    amplitude *= gain;
  }
  return sum;
}

export function fbm3(x: number, y: number, z: number, octaves: number): number {
  let sum = 0;
  let amplitude = 1;
  for (let i = 0; i < octaves; i++) {
    sum += amplitude * noise3(x, y, z);
    const turned = 1.62 * x + 1.21 * z + 9.2;
    z = -1.21 * x + 1.62 * z + 1.3;
    y = 2.03 * y + 3.7;
    x = turned;
    amplitude *= 0.5;
  }
  return sum;
}

/** Noise folded at zero into sharp crests, finer where it is already high: ridges that branch. In about 0..1. */
export function ridged2(x: number, y: number, octaves: number): number {
  let sum = 0;
  let amplitude = 0.5;
  let weight = 1;
  for (let i = 0; i < octaves; i++) {
    const crest = (1 - Math.min(1, Math.abs(noise2(x, y)) * 1.3)) ** 2;
    sum += amplitude * weight * crest;
    weight = Math.min(1, crest * 1.6);
    const turned = 1.6 * x + 1.2 * y + 31.7;
    y = -1.2 * x + 1.6 * y + 11.9;
    x = turned;
    amplitude *= 0.5;
  }
  return sum;
}
