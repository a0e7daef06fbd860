import { clamp, smooth, type Vec3 } from '../maths.js';
import { fbm2, ridged2 } from '../noise.js';
import { Rng } from '../rng.js';
import { erode } from './erosion.js';

/** The land is a grid of heights in metres: x from -EXTENT/2 to EXTENT/2, z from 0 (the camera) to EXTENT; the lake lies at 0. */
export const CELLS = 1024;
export const EXTENT = 9216;
const CELL = EXTENT / CELLS;

/** x, z, height, radius. The first is the picture's hero; the others make the valley's sides and the far range. */
const PEAKS: readonly (readonly [number, number, number, number])[] = [
  [760, 5300, 1750, 2100],
  [-900, 7400, 1900, 2400],
  [-2700, 3900, 1500, 1900],
  [2900, 4100, 1350, 1700],
  [2300, 7600, 1900, 2200],
  [-1500, 1900, 520, 900],
  [1550, 2000, 620, 900],
];

/** Metres from the lake's shore, negative on the water. */
function fromShore(x: number, z: number): number {
  const lake = (Math.hypot((x - 25) / 310, (z - 350) / 960) - 1) * 420 + 130 * fbm2(x / 380, z / 380, 4);
  // A tongue of land from the left, for the cabin.
  const tongue = (1 - Math.hypot((x + 112) / 84, (z - 168) / 34)) * 46 + 12 * fbm2(x / 34, z / 34, 3);
  return Math.max(lake, tongue);
}

function uncarved(x: number, z: number): number {
  const d = fromShore(x, z);
  if (d < 0) return Math.max(-30, d * 0.15);
  const wx = x + 260 * fbm2(x / 1300 + 7, z / 1300, 3);
  const wz = z + 260 * fbm2(x / 1300, z / 1300 + 3, 3);
  let envelope = 0;
  for (const [px, pz, height, radius] of PEAKS) {
    const r = Math.hypot(wx - px, wz - pz) / radius;
    // A cone with a rounded foot; the maximum keeps the massifs apart.
    envelope = Math.max(envelope, height * Math.max(0, 1 - r) ** 1.25);
  }
  const ridges = ridged2(wx / 1500, wz / 1500, 7);
  const rough = fbm2(x / 300, z / 300, 5);
  const rise = smooth(0, 500, d);
  return (
    d * 0.05 +
    1.6 * smooth(0, 25, d) +
    rise * (envelope * (0.42 + 0.85 * ridges) + 26 * rough + 90 * ridges * smooth(200, 1200, d))
  );
}

export class Terrain {
  readonly heights = new Float32Array(CELLS * CELLS);
  /** 0..1: how much of the sun, and of the sky, reaches the ground. */
  readonly sunlight = new Float32Array(CELLS * CELLS);
  readonly openness = new Float32Array(CELLS * CELLS);

  constructor(readonly sun: Vec3) {
    for (let j = 0; j < CELLS; j++) {
      for (let i = 0; i < CELLS; i++) this.heights[j * CELLS + i] = uncarved((i - CELLS / 2) * CELL, j * CELL);
    }
    erode(this.heights, CELLS, CELL, new Rng(4));
    this.castLight();
  }

  sample(grid: Float32Array, x: number, z: number): number {
    const u = clamp(x / CELL + CELLS / 2, 0, CELLS - 1.001);
    const v = clamp(z / CELL, 0, CELLS - 1.001);
    const i = Math.floor(u);
    const j = Math.floor(v);
    const fu = u - i;
    const k = j * CELLS + i;
    const near = grid[k]! + (grid[k + 1]! - grid[k]!) * fu;
    return near + (grid[k + CELLS]! + (grid[k + CELLS + 1]! - grid[k + CELLS]!) * fu - near) * (v - j);
  }

  height(x: number, z: number): number {
    return this.sample(this.heights, x, z);
  }

  normal(x: number, z: number): Vec3 {
    const e = CELL;
    const nx = this.height(x - e, z) - this.height(x + e, z);
    const nz = this.height(x, z - e) - this.height(x, z + e);
    const length = Math.hypot(nx, 2 * e, nz);
    return [nx / length, (2 * e) / length, nz / length];
  }

  /** Walks from every cell towards the sun (shadow, soft with distance) and along eight bearings (how much sky is left). */
  private castLight(): void {
    const flat = Math.hypot(this.sun[0], this.sun[2]);
    const [sx, sz, climb] = [this.sun[0] / flat, this.sun[2] / flat, this.sun[1] / flat];
    for (let j = 0; j < CELLS; j++) {
      for (let i = 0; i < CELLS; i++) {
        const x = (i - CELLS / 2) * CELL;
        const z = j * CELL;
        const h = Math.max(0, this.heights[j * CELLS + i]!);
        let lit = 1;
        for (let d = 14; d < 4500 && lit > 0; d += 10 + d * 0.02) {
          const clear = h + 3 + d * climb - this.height(x + sx * d, z + sz * d);
          lit = Math.min(lit, 0.5 + (clear / d) * 28);
        }
        this.sunlight[j * CELLS + i] = clamp(lit);
        let blocked = 0;
        for (let a = 0; a < 8; a++) {
          const [ax, az] = [Math.cos((a * Math.PI) / 4), Math.sin((a * Math.PI) / 4)];
          let slope = 0;
          for (let d = 12; d < 800; d *= 1.9) slope = Math.max(slope, (this.height(x + ax * d, z + az * d) - h) / d);
          blocked += slope / Math.sqrt(1 + slope * slope) / 8;
        }
        this.openness[j * CELLS + i] = 1 - blocked;
      }
    }
  }
}
