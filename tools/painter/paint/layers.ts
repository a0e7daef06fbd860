import { type Vec3 } from '../maths.js';
import type { Rng } from '../rng.js';
import { stray, stroke, type Brush, type Path } from './brush.js';
import type { Canvas } from './canvas.js';

/** What the painter sees: at (x, y), in heights of the picture, which colour and in which direction the brush runs. */
export interface Motif {
  colour: (x: number, y: number) => Vec3;
  angle: (x: number, y: number) => number;
}

export interface Layer extends Brush {
  /** Between strokes, as a share of their width. */
  spacing: number;
  length: number;
  /** How unlike the motif's colour a stroke's may be. */
  wander: number;
  /** Where this layer paints at all, as a probability; everywhere if left out. */
  where?: (x: number, y: number) => number;
}

const distance = (a: Vec3, b: Vec3): number => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + Math.abs(a[2] - b[2]);

/** Follows the motif's direction both ways from a point, and stops where the motif's colour changes: strokes respect shapes. */
export function follow(canvas: Canvas, motif: Motif, x: number, y: number, length: number, tolerance = 0.34): Path {
  const unit = canvas.height;
  const here = motif.colour(x / unit, y / unit);
  const half = (sign: number): [number, number][] => {
    const points: [number, number][] = [];
    let [px, py] = [x, y];
    for (let s = 0; s < length / 2; s++) {
      const angle = motif.angle(px / unit, py / unit);
      px += sign * Math.cos(angle);
      py += sign * Math.sin(angle);
      if (s > 4 && s % 3 === 0 && distance(motif.colour(px / unit, py / unit), here) > tolerance) break;
      points.push([px, py]);
    }
    return points;
  };
  return [...half(-1).reverse(), [x, y], ...half(1)];
}

/** Covers the canvas with one size of stroke, in random order, as wet paint goes over wet paint. */
export function paintLayer(canvas: Canvas, motif: Motif, layer: Layer, rng: Rng): void {
  const gap = layer.width * layer.spacing;
  const seeds: [number, number][] = [];
  for (let y = 0; y < canvas.height + gap; y += gap) {
    for (let x = 0; x < canvas.width + gap; x += gap)
      seeds.push([x + rng.normal() * gap * 0.4, y + rng.normal() * gap * 0.4]);
  }
  const unit = canvas.height;
  for (const [x, y] of rng.shuffle(seeds)) {
    if (layer.where && rng.next() > layer.where(x / unit, y / unit)) continue;
    const path = follow(canvas, motif, x, y, layer.length * rng.range(0.6, 1.25));
    const colour = stray(motif.colour(x / unit, y / unit), layer.wander, rng);
    const beside = motif.colour((x + rng.normal() * layer.width) / unit, (y + rng.normal() * layer.width) / unit);
    const brush = { ...layer, width: layer.width * rng.range(0.7, 1.15) };
    stroke(canvas, rng, rng.next() < 0.5 ? path : [...path].reverse(), brush, colour, stray(beside, layer.wander, rng));
  }
}
