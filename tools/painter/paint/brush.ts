import { clamp, mix, mix3, type Vec3 } from '../maths.js';
import { noise2 } from '../noise.js';
import type { Rng } from '../rng.js';
import type { Canvas } from './canvas.js';

export type Path = readonly (readonly [number, number])[];

export interface Brush {
  width: number;
  /** How thick the paint stands, about 0..2. */
  body: number;
  /** 0: fully loaded; 1: nearly dry, so that the cloth shows through. */
  dry: number;
  /** How far the hairs' colours stray from each other. */
  streak: number;
  /** 1 ends in a point, 0 stays flat like a square brush. */
  taper: number;
  opacity: number;
}

/** Lighter or darker, and a little warmer or colder: paint is never mixed through. */
export function stray(colour: Vec3, amount: number, rng: Rng): Vec3 {
  const value = 1 + amount * rng.normal();
  const warmth = amount * 0.5 * rng.normal();
  const green = amount * 0.25 * rng.normal();
  return [clamp(colour[0] * value + warmth), clamp(colour[1] * value + green), clamp(colour[2] * value - warmth)];
}

/**
 * One stroke along a path, drawn hair by hair. Each hair carries its own colour and its own amount of paint; when that
 * runs out it only catches the cloth's high threads. The outer hairs push the paint up into ridges.
 */
export function stroke(canvas: Canvas, rng: Rng, path: Path, brush: Brush, colour: Vec3, second = colour): void {
  if (path.length < 2) return;
  const hairs = Math.max(3, Math.round(brush.width / 1.5));
  const seed = rng.range(0, 500);
  const last = path.length - 1;
  for (let h = 0; h < hairs; h++) {
    const across = hairs > 1 ? (h / (hairs - 1)) * 2 - 1 : 0;
    // Neighbouring hairs share their paint: streaks are several hairs wide.
    const picked = clamp(0.5 + 1.3 * noise2(seed, h / 2.6) + (rng.next() < 0.08 ? 0.4 : 0));
    const tint = stray(mix3(colour, second, picked * picked), brush.streak, rng);
    const load = clamp(1.25 - brush.dry * rng.range(0.35, 1.5));
    const begin = rng.range(0, 0.05) + 0.04 * across * across;
    const end = 1 - rng.range(0, 0.09) - brush.taper * 0.12 * across * across;
    const thick = brush.body * (0.55 + 0.75 * clamp(0.5 + noise2(seed + 31, h / 1.7)) + 0.35 * across ** 4);
    for (let s = 0; s <= last; s++) {
      const t = s / last;
      if (t < begin || t > end) continue;
      const [x, y] = path[s]!;
      const [ax, ay] = path[Math.max(0, s - 1)]!;
      const [bx, by] = path[Math.min(last, s + 1)]!;
      const length = Math.hypot(bx - ax, by - ay) || 1;
      const press = mix(1, Math.sin(Math.PI * clamp(0.12 + t * 0.9, 0, 1)) ** 0.5, brush.taper);
      const offset = across * brush.width * 0.5 * press;
      const px = x - ((by - ay) / length) * offset;
      const py = y + ((bx - ax) / length) * offset;
      const left = load - t * (0.35 + brush.dry);
      const cx = Math.floor(px);
      const cy = Math.floor(py);
      if (cx < 0 || cy < 0 || cx >= canvas.width || cy >= canvas.height) continue;
      const catches = left > 0.25 ? 1 : clamp((canvas.cloth[cy * canvas.width + cx]! - (0.62 - left)) * 7);
      if (catches <= 0) continue;
      const pile = thick * (0.85 + (t > end - 0.1 ? 0.5 : 0));
      const [fx, fy] = [px - cx, py - cy];
      for (let k = 0; k < 4; k++) {
        const cover = (k & 1 ? fx : 1 - fx) * (k & 2 ? fy : 1 - fy);
        const alpha = clamp(cover * 1.5) * catches * brush.opacity;
        canvas.touch(cx + (k & 1), cy + (k >> 1), tint, alpha, pile);
      }
    }
  }
}
