import { add, clamp, dot, scale, times, type Vec3 } from '../maths.js';
import { fbm2, noise2 } from '../noise.js';
import { EYE, H, rayX, rayY, SKYLIGHT, SUN, SUNLIGHT, throughAir, W } from './scene.js';
import type { View } from './view.js';

/** A flat piece of the cabin: a corner, two sides, and what is painted at (a, b) in metres along them. */
interface Panel {
  corner: Vec3;
  u: Vec3;
  v: Vec3;
  normal: Vec3;
  /** Its colour; `glow` is light of its own; null where the panel is cut away. */
  paint: (a: number, b: number) => { colour: Vec3; glow?: Vec3 } | null;
}

const WALL: Vec3 = [0.3, 0.075, 0.045];
const ROOF: Vec3 = [0.1, 0.09, 0.09];
const TRIM: Vec3 = [0.7, 0.66, 0.58];

const boards = (a: number, b: number, wide: number): number =>
  (0.78 + 0.3 * noise2(Math.floor(a / wide) * 7.3, 3)) *
  (a / wide - Math.floor(a / wide) < 0.12 ? 0.55 : 1) *
  (0.9 + 0.2 * fbm2(a * 3, b / 2, 2));

/** Built from its size alone, so the whole house can be moved by its corner. */
function build([x, y, z]: Vec3, wide: number, deep: number, eaves: number, ridge: number): Panel[] {
  const windowAt = (a: number, b: number, left: number, low: number): { colour: Vec3; glow?: Vec3 } | null => {
    const [s, t] = [(a - left) / 1.25, (b - low) / 1.35];
    if (s < -0.12 || s > 1.12 || t < -0.12 || t > 1.12) return null;
    const frame = s < 0 || s > 1 || t < 0 || t > 1 || Math.abs(s - 0.5) < 0.05 || Math.abs(t - 0.5) < 0.05;
    return frame ? { colour: TRIM } : { colour: [0.1, 0.08, 0.05], glow: [3.4, 1.75, 0.5] };
  };
  const gable: Panel['paint'] = (a, b) => {
    const top = eaves + (ridge - eaves) * (1 - Math.abs(a / wide - 0.5) * 2);
    if (b > top) return null;
    if (b > top - 0.28) return { colour: TRIM };
    const pane =
      windowAt(a, b, 1.2, 1.1) ?? windowAt(a, b, wide - 2.5, 1.1) ?? windowAt(a, b, wide / 2 - 0.6, eaves - 0.1);
    if (pane) return pane;
    if (b < 0.35) return { colour: [0.2, 0.19, 0.18] };
    return { colour: scale(WALL, boards(a, b, 0.32)) };
  };
  const side: Panel['paint'] = (a, b) =>
    windowAt(a, b, deep / 2 - 0.6, 1.1) ?? { colour: b < 0.35 ? [0.2, 0.19, 0.18] : scale(WALL, boards(a, b, 0.32)) };
  const rise = ridge - eaves;
  const slope = Math.hypot(wide / 2, rise);
  const roof = (a: number, b: number): { colour: Vec3 } => ({
    colour: scale(ROOF, boards(b, a, 0.45) * (1 + 0.5 * fbm2(a, b, 3))),
  });
  const over = 0.5;
  const drop = (over * rise) / (wide / 2);
  const stretch = (wide / 2 + over) / (wide / 2);
  return [
    { corner: [x, y, z], u: [wide, 0, 0], v: [0, ridge, 0], normal: [0, 0, -1], paint: gable },
    { corner: [x, y, z], u: [0, 0, deep], v: [0, eaves, 0], normal: [-1, 0, 0], paint: side },
    { corner: [x + wide, y, z], u: [0, 0, deep], v: [0, eaves, 0], normal: [1, 0, 0], paint: side },
    {
      corner: [x - over, y + eaves - drop, z - over],
      u: [0, 0, deep + 2 * over],
      v: [(wide / 2) * stretch, rise * stretch, 0],
      normal: [-rise / slope, wide / 2 / slope, 0],
      paint: roof,
    },
    {
      corner: [x + wide + over, y + eaves - drop, z - over],
      u: [0, 0, deep + 2 * over],
      v: [(-wide / 2) * stretch, rise * stretch, 0],
      normal: [rise / slope, wide / 2 / slope, 0],
      paint: roof,
    },
    ...chimney([x + wide * 0.68, y + ridge - 1.1, z + deep * 0.55]),
  ];
}

function chimney([x, y, z]: Vec3): Panel[] {
  const paint = (a: number, b: number): { colour: Vec3 } => ({
    colour: scale([0.3, 0.26, 0.24], 0.8 + 0.4 * noise2(a * 4, b * 6)),
  });
  return [
    { corner: [x, y, z], u: [0.9, 0, 0], v: [0, 2, 0], normal: [0, 0, -1], paint },
    { corner: [x + 0.9, y, z], u: [0, 0, 0.9], v: [0, 2, 0], normal: [1, 0, 0], paint },
  ];
}

/** Each pixel's ray asks every panel; there are few of them and the cabin is small. */
export function placeCabin(view: View, corner: Vec3): void {
  const [wide, deep, eaves, ridge] = [8.5, 11, 3.4, 6.8];
  const panels = build(corner, wide, deep, eaves, ridge);
  const [x, y, z] = corner;
  const [left, foot] = view.project(x - 2, y, z - 1);
  const [right, top] = view.project(x + wide + 6, y + ridge + 3, z - 1);
  for (let py = Math.floor(Math.min(foot, top)); py <= Math.max(foot, top); py++) {
    for (let px = Math.max(0, Math.floor(left)); px <= right; px++) {
      const ray: Vec3 = [rayX(px), view.mirrored ? -rayY(py) : rayY(py), 1];
      // The cabin stands on a meadow that is not quite flat: only what is well in front hides it.
      const hit = nearest(panels, ray, view.mirrored ? -EYE : EYE);
      if (!hit || hit.depth > view.depth[py * W + px]! + 6) continue;
      view.colour.set(px, py, throughAir(hit.colour, ray[0], hit.depth, 300));
      view.depth[py * W + px] = hit.depth;
    }
  }
}

function nearest(panels: Panel[], ray: Vec3, eye: number): { depth: number; colour: Vec3 } | null {
  let found: { depth: number; colour: Vec3 } | null = null;
  for (const { corner, u, v, normal, paint } of panels) {
    const depth = dot(add(corner, [0, -eye, 0]), normal) / dot(ray, normal);
    if (!(depth > 0) || depth > (found?.depth ?? Infinity)) continue;
    const at = add(scale(ray, depth), [-corner[0], eye - corner[1], -corner[2]]);
    const [long, tall] = [Math.hypot(...u), Math.hypot(...v)];
    const [a, b] = [dot(at, u) / long, dot(at, v) / tall];
    const surface = a < 0 || b < 0 || a > long || b > tall ? null : paint(a, b);
    if (!surface) continue;
    const sky = 0.45 + 0.35 * Math.max(0, normal[1]);
    const light = add(add(scale(SUNLIGHT, Math.max(0, dot(normal, SUN))), scale(SKYLIGHT, sky)), [0.09, 0.06, 0.03]);
    found = { depth, colour: add(times(surface.colour, light), surface.glow ?? [0, 0, 0]) };
  }
  return found;
}

/** Smoke drifts up from the chimney and thins. */
export function placeSmoke(view: View, from: Vec3): void {
  const [, base] = view.project(...from);
  const [middle, top] = view.project(from[0], from[1] + 26, from[2]);
  const tall = base - top;
  for (let py = Math.floor(Math.min(base, top)); py < Math.max(base, top); py++) {
    if (py < 0 || py >= H) continue;
    const up = clamp((base - py) / tall);
    const drift = 46 * up ** 1.4 + 7 * noise2(up * 3.2, 5) * up * 6;
    const wide = 4 + 30 * up;
    for (let px = Math.floor(middle + drift - wide * 2); px < middle + drift + wide * 2; px++) {
      const across = (px - middle - drift) / wide;
      const wisp = clamp(0.62 + 0.9 * fbm2(px / 26 - up * 2, py / 34, 4));
      view.colour.blend(px, py, [0.95, 0.86, 0.82], 0.4 * Math.exp(-across * across * 1.6) * (1 - up) ** 1.3 * wisp);
    }
  }
}
