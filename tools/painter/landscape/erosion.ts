import { fbm2 } from '../noise.js';
import type { Rng } from '../rng.js';

const DROPS = 420_000;
const LIFE = 64;
const INERTIA = 0.06;
const CAPACITY = 5;
const ERODE = 0.3;
const DEPOSIT = 0.28;
const EVAPORATE = 0.015;
const RADIUS = 2;

/**
 * Rain. Each drop runs downhill, takes soil where it is fast and drops it where it slows. Noise alone gives crumpled
 * paper; the gullies and fans that water leaves are what makes it read as a mountain.
 */
export function erode(heights: Float32Array, cells: number, cell: number, rng: Rng): void {
  const brush: [number, number][] = [];
  let total = 0;
  for (let dy = -RADIUS; dy <= RADIUS; dy++) {
    for (let dx = -RADIUS; dx <= RADIUS; dx++) {
      const weight = RADIUS + 0.5 - Math.hypot(dx, dy);
      if (weight > 0) {
        brush.push([dy * cells + dx, weight]);
        total += weight;
      }
    }
  }
  // Heights in units of a cell, so that the constants mean the same at any size.
  for (let i = 0; i < heights.length; i++) heights[i]! /= cell;

  const margin = RADIUS + 1;
  for (let n = 0; n < DROPS; n++) {
    let x = rng.range(margin, cells - margin - 1);
    let y = rng.range(margin, cells - margin - 1);
    let dx = 0;
    let dy = 0;
    let speed = 1;
    let water = 1;
    let soil = 0;
    for (let life = 0; life < LIFE; life++) {
      const i = Math.floor(x);
      const j = Math.floor(y);
      const k = j * cells + i;
      const u = x - i;
      const v = y - j;
      const [a, b, c, d] = [heights[k]!, heights[k + 1]!, heights[k + cells]!, heights[k + cells + 1]!];
      const gx = (b - a) * (1 - v) + (d - c) * v;
      const gy = (c - a) * (1 - u) + (d - b) * u;
      const here = a * (1 - u) * (1 - v) + b * u * (1 - v) + c * (1 - u) * v + d * u * v;
      dx = dx * INERTIA - gx * (1 - INERTIA);
      dy = dy * INERTIA - gy * (1 - INERTIA);
      const length = Math.hypot(dx, dy);
      if (length < 1e-9) break;
      x += dx /= length;
      y += dy /= length;
      if (here < 0 || x < margin || y < margin || x >= cells - margin || y >= cells - margin) break;
      const ni = Math.floor(x);
      const nj = Math.floor(y);
      const m = nj * cells + ni;
      const nu = x - ni;
      const nv = y - nj;
      const there =
        (heights[m]! * (1 - nu) + heights[m + 1]! * nu) * (1 - nv) +
        (heights[m + cells]! * (1 - nu) + heights[m + cells + 1]! * nu) * nv;
      const fall = there - here;
      const capacity = Math.max(-fall, 0.01) * speed * water * CAPACITY;
      if (soil > capacity || fall > 0) {
        const amount = fall > 0 ? Math.min(fall, soil) : (soil - capacity) * DEPOSIT;
        soil -= amount;
        heights[k]! += amount * (1 - u) * (1 - v);
        heights[k + 1]! += amount * u * (1 - v);
        heights[k + cells]! += amount * (1 - u) * v;
        heights[k + cells + 1]! += amount * u * v;
      } else {
        const amount = Math.min((capacity - soil) * ERODE, -fall);
        for (const [offset, weight] of brush) heights[k + offset]! -= (amount * weight) / total;
        soil += amount;
      }
      speed = Math.sqrt(Math.max(0, speed * speed - fall * 4));
      water *= 1 - EVAPORATE;
    }
  }
  crumble(heights, cells);
  for (let i = 0; i < heights.length; i++) heights[i]! *= cell;
}

/** What stands steeper than its rock can, falls: rain leaves needles a single cell wide. Hard and soft rock keep it from looking planed. */
function crumble(heights: Float32Array, cells: number): void {
  for (let pass = 0; pass < 4; pass++) {
    for (let k = cells + 1; k < heights.length - cells - 1; k++) {
      const steepest = 2.3 + 1.5 * fbm2((k % cells) / 5, k / cells / 5, 3);
      const beside = Math.min(heights[k - 1]!, heights[k + 1]!, heights[k - cells]!, heights[k + cells]!);
      const across = Math.min(
        heights[k - cells - 1]!,
        heights[k - cells + 1]!,
        heights[k + cells - 1]!,
        heights[k + cells + 1]!,
      );
      heights[k] = Math.min(heights[k]!, beside + steepest, across + steepest * Math.SQRT2);
    }
  }
}
