import { clamp, mix3, type Vec3 } from '../maths.js';
import { noise2 } from '../noise.js';
import type { Picture } from '../picture.js';
import { Rng } from '../rng.js';
import { stroke, type Path } from './brush.js';
import { Canvas } from './canvas.js';
import { HARBOUR, type Point } from './harbour.js';
import { paintLayer, type Layer, type Motif } from './layers.js';

const WIDTH = 1280;
const HEIGHT = 1024;
const PAPER: Vec3 = [0.97, 0.92, 0.82];
const INK: Vec3 = [0.11, 0.09, 0.27];
const SUN: Point = [0.5, 0.19];

function inside(outline: readonly Point[], x: number, y: number): boolean {
  let within = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [ax, ay] = outline[i]!;
    const [bx, by] = outline[j]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}

/** Which shape is on top at every pixel, found once. */
const map = ((): Uint8Array => {
  const top = new Uint8Array(WIDTH * HEIGHT);
  HARBOUR.forEach(({ outline }, n) => {
    const [xs, ys] = [outline.map((p) => p[0] * HEIGHT), outline.map((p) => p[1] * HEIGHT)];
    for (let y = Math.max(0, Math.floor(Math.min(...ys))); y < Math.min(HEIGHT, Math.max(...ys)); y++) {
      for (let x = Math.max(0, Math.floor(Math.min(...xs))); x < Math.min(WIDTH, Math.max(...xs)); x++) {
        if (inside(outline, x / HEIGHT, y / HEIGHT)) top[y * WIDTH + x] = n;
      }
    }
  });
  return top;
})();

const shapeAt = (x: number, y: number): number =>
  map[clamp(Math.floor(y * HEIGHT), 0, HEIGHT - 1) * WIDTH + clamp(Math.floor(x * HEIGHT), 0, WIDTH - 1)]!;

/** Every shape keeps to its few colours; which one comes up changes from patch to patch, not from pixel to pixel. */
function colour(x: number, y: number): Vec3 {
  const n = shapeAt(x, y);
  const { colours } = HARBOUR[n]!;
  const drift = n === 0 ? clamp(Math.hypot(x - SUN[0], y - SUN[1]) * 1.1) - 0.35 : 0;
  const t = clamp(0.5 + 0.75 * noise2(x * 11 + n * 3.7, y * 15) + 0.4 * noise2(x * 31, y * 37 + n) + drift, 0, 0.999);
  return colours[Math.floor(t * colours.length)]!;
}

function angle(x: number, y: number): number {
  const n = shapeAt(x, y);
  const wobble = 0.35 * noise2(x * 5 + n, y * 5);
  // The sky goes round the sun.
  if (n === 0) return Math.atan2(y - SUN[1], x - SUN[0]) + Math.PI / 2 + wobble;
  return HARBOUR[n]!.angle + wobble;
}

const motif: Motif = { colour, angle };
const LAYERS: readonly Layer[] = [
  { width: 44, length: 120, spacing: 0.7, wander: 0.05, body: 0.25, dry: 0.75, streak: 0.03, taper: 0, opacity: 0.85 },
  { width: 25, length: 62, spacing: 0.95, wander: 0.05, body: 0.5, dry: 0.55, streak: 0.03, taper: 0, opacity: 0.95 },
  { width: 14, length: 34, spacing: 1.75, wander: 0.06, body: 0.6, dry: 0.35, streak: 0.025, taper: 0, opacity: 1 },
];

/** An outline as a path of single pixels, led by an unsteady hand that is a little beside the shape. */
function contour(outline: readonly Point[], seed: number): Path {
  const path: [number, number][] = [];
  outline.forEach(([ax, ay], i) => {
    const [bx, by] = outline[(i + 1) % outline.length]!;
    const steps = Math.max(2, Math.round(Math.hypot(bx - ax, by - ay) * HEIGHT));
    for (let s = 0; s < steps; s++) {
      const x = (ax + ((bx - ax) * s) / steps) * HEIGHT;
      const y = (ay + ((by - ay) * s) / steps) * HEIGHT;
      path.push([x + 3.5 * noise2(x / 38 + seed, y / 38), y + 3.5 * noise2(x / 38, y / 38 + seed)]);
    }
  });
  return [...path, path[0]!];
}

/** Only where the shape is on top is its contour seen; it is drawn in pieces, so that the brush is lifted and loaded again. */
function drawContours(canvas: Canvas, rng: Rng): void {
  HARBOUR.forEach(({ outline, contour: width }, n) => {
    if (width === 0) return;
    let piece: (readonly [number, number])[] = [];
    const finish = (): void => {
      const brush = { width: width * rng.range(0.8, 1.5), body: 0.7, dry: 0.35, streak: 0.03, taper: 1, opacity: 0.95 };
      if (piece.length > 8) stroke(canvas, rng, piece, brush, INK, mix3(INK, [0.15, 0.2, 0.45], rng.next()));
      piece = [];
    };
    let left = rng.range(90, 260);
    for (const [x, y] of contour(outline, n * 1.7)) {
      const hidden = [-6, 0, 6].every(
        (d) => shapeAt((x + d) / HEIGHT, y / HEIGHT) > n && shapeAt(x / HEIGHT, (y + d) / HEIGHT) > n,
      );
      if (hidden || piece.length > left) {
        finish();
        left = rng.range(90, 260);
      }
      if (!hidden) piece.push([x, y]);
    }
    finish();
  });
}

/** A sunny harbour in gouache on cream paper: flat hot colours laid with a half dry brush, held by dark contours. */
export function paintGouache(): Picture {
  const rng = new Rng(77);
  const canvas = new Canvas(WIDTH, HEIGHT, PAPER);
  for (const layer of LAYERS) paintLayer(canvas, motif, layer, rng);
  drawContours(canvas, rng);
  return canvas.light(0.3, 0.02).shrink(2);
}
