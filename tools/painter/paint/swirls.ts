import { clamp, mix3, smooth, type Vec3 } from '../maths.js';
import { fbm2, noise2 } from '../noise.js';
import type { Picture } from '../picture.js';
import { Rng } from '../rng.js';
import { Canvas } from './canvas.js';
import { paintLayer, type Layer, type Motif } from './layers.js';

/** Whirls of wind in the sky: centre, radius, sense of turning. */
const WHIRLS: readonly (readonly [number, number, number, number])[] = [
  [0.36, 0.27, 0.24, 1],
  [0.7, 0.15, 0.15, -1],
  [0.06, 0.08, 0.14, -1],
  [1.22, 0.06, 0.13, 1],
];
const LAMP: readonly [number, number] = [0.985, 0.33];
const SEA = 0.61;

const NIGHT: readonly Vec3[] = [
  [0.05, 0.1, 0.34],
  [0.09, 0.22, 0.56],
  [0.16, 0.42, 0.7],
  [0.42, 0.68, 0.78],
  [0.88, 0.9, 0.72],
];
const GOLD: readonly Vec3[] = [
  [1.0, 0.93, 0.6],
  [0.98, 0.76, 0.2],
  [0.9, 0.52, 0.12],
];

/** A colour from a row of them, mixed between neighbours. */
function along(row: readonly Vec3[], t: number): Vec3 {
  const at = clamp(t) * (row.length - 1);
  const i = Math.min(row.length - 2, Math.floor(at));
  return mix3(row[i]!, row[i + 1]!, at - i);
}

const headland = (x: number): number =>
  0.98 - 0.5 * smooth(0.66, 0.99, x) ** 0.8 + 0.022 * fbm2(x * 7, 3, 3) + 0.05 * smooth(1.05, 1.3, x);
const dune = (x: number): number => 0.93 - 0.15 * smooth(0.55, -0.1, x) + 0.02 * fbm2(x * 5, 7, 3);
const swell = (x: number, y: number): number =>
  Math.max(0, y - SEA) ** 0.62 * 58 + 1.5 * noise2(x * 3.2, y * 7) + 1.1 * Math.sin(x * 9 + y * 8);

/** Direction of the wind: a breeze along the sky, wound up around every whirl and around the lamp. */
function wind(x: number, y: number): number {
  let [u, v] = [0.55, 0.16 * Math.sin(x * 5 + 1)];
  for (const [cx, cy, radius, sense] of [...WHIRLS, [...LAMP, 0.17, 1] as const]) {
    const [dx, dy] = [x - cx, y - cy];
    const r = Math.hypot(dx, dy) + 1e-4;
    const pull = 3 * Math.exp(-((r / radius) ** 2) * 1.1) * sense;
    u += (-dy / r) * pull - (dx / r) * pull * 0.22 * sense;
    v += (dx / r) * pull - (dy / r) * pull * 0.22 * sense;
  }
  return Math.atan2(v, u);
}

function sky(x: number, y: number): Vec3 {
  let tone = 0.2 + 0.42 * smooth(0.25, SEA, y) + 0.16 * fbm2(x * 2.5 + y, y * 7 - x, 3);
  let warmth = 0;
  for (const [cx, cy, radius, sense] of WHIRLS) {
    const [dx, dy] = [x - cx, y - cy];
    const r = Math.hypot(dx, dy);
    // Arms of a spiral: bright and dark bands that wind towards the centre.
    const arms = Math.sin(2 * Math.atan2(dy, dx) * sense + Math.log(r + 0.02) * 7.5);
    const near = Math.exp(-((r / radius) ** 2) * 1.4);
    tone += near * (0.16 + 0.4 * arms);
    warmth = Math.max(warmth, Math.exp(-((r / radius) ** 2) * 14));
  }
  const night = along(NIGHT, tone);
  const lamp = Math.hypot(x - LAMP[0], y - LAMP[1]);
  const rings = 0.5 + 0.5 * Math.sin(lamp * 62);
  const halo = Math.exp(-((lamp / 0.17) ** 2));
  const lit = mix3(along(GOLD, clamp(lamp * 3.4) + 0.22 * rings), [0.62, 0.82, 0.66], smooth(0.09, 0.2, lamp));
  return mix3(mix3(night, along(GOLD, 0.15), warmth * 0.85), lit, clamp(halo * (0.75 + 0.55 * rings)));
}

function sea(x: number, y: number): Vec3 {
  const phase = Math.sin(swell(x, y));
  const water = along(NIGHT, 0.3 + 0.3 * phase + 0.1 * fbm2(x * 9, y * 20, 2));
  const foam = smooth(0.72, 0.97, phase) * smooth(SEA + 0.02, SEA + 0.12, y);
  // The lamp's path on the water widens towards the shore.
  const path = Math.exp(-(((x - 0.63 + (y - SEA) * 0.25) / (0.035 + (y - SEA) * 0.3)) ** 2));
  const glint = path * smooth(-0.15, 0.5, 0.7 * phase + 0.9 * noise2(x * 14, y * 50));
  return mix3(
    mix3(water, [0.74, 0.9, 0.84], foam * 0.85),
    along(GOLD, 0.25 + 0.3 * noise2(x * 8, y * 20)),
    clamp(glint * 0.95),
  );
}

/** The tower: null where it is not. */
function tower(x: number, y: number): Vec3 | null {
  const [u, top] = [x - LAMP[0], LAMP[1]];
  if (y > headland(x) + 0.02 || y < top - 0.06) return null;
  if (y < top - 0.02) return Math.abs(u) < 0.02 - (top - 0.02 - y) * 0.45 ? [0.5, 0.09, 0.09] : null;
  if (y < top + 0.018) return Math.abs(u) < 0.014 ? [1, 0.97, 0.72] : null;
  if (y < top + 0.03) return Math.abs(u) < 0.028 ? [0.14, 0.12, 0.22] : null;
  const half = 0.017 + (y - top) * 0.075;
  if (Math.abs(u) > half) return null;
  const band = Math.floor((y - top) * 17) % 2 === 1;
  const round = clamp(0.5 + u / half / 2);
  return band
    ? mix3([0.86, 0.27, 0.16], [0.42, 0.08, 0.16], round)
    : mix3([0.98, 0.93, 0.8], [0.45, 0.52, 0.72], round);
}

function colour(x: number, y: number): Vec3 {
  if (y > dune(x)) {
    const t = 0.5 + 0.5 * noise2(x * 26, y * 7) + 0.35 * fbm2(x * 4, y * 4, 2);
    const grass = mix3(
      along(GOLD, 0.25 + t * 0.7),
      [0.42, 0.46, 0.16],
      smooth(0.1, 0.5, fbm2(x * 5 + 4, y * 9, 2)) * 0.7,
    );
    return mix3(grass, [0.36, 0.16, 0.12], smooth(0.62, 1, t) * 0.8);
  }
  const house = tower(x, y);
  if (house) return house;
  if (y > headland(x)) {
    // Slabs of rock lie across the slope; the upper edges take some of the lamp's gold.
    const t = fbm2(x * 7, y * 12, 3);
    const slab = Math.sin((y - headland(x) * 0.7) * 46 + x * 9 + 3 * t);
    const rock = mix3(
      mix3([0.08, 0.12, 0.28], [0.34, 0.26, 0.42], clamp(0.5 + t)),
      [0.72, 0.5, 0.3],
      smooth(0.5, 1, slab) * 0.75,
    );
    const grass = mix3([0.1, 0.28, 0.22], [0.62, 0.64, 0.22], clamp(0.45 + 1.2 * t));
    return mix3(grass, rock, smooth(0.03, 0.08, y - headland(x)));
  }
  return y > SEA ? sea(x, y) : sky(x, y);
}

function angle(x: number, y: number): number {
  if (y > dune(x)) return -Math.PI / 2 + 0.5 + 0.45 * noise2(x * 4, y * 4);
  if (tower(x, y)) return Math.PI / 2;
  if (y > headland(x)) return 0.75 + 0.5 * noise2(x * 5, y * 5) - 1.1 * smooth(0.06, 0, y - headland(x));
  if (y > SEA) {
    const e = 0.004;
    const [gx, gy] = [swell(x + e, y) - swell(x - e, y), swell(x, y + e) - swell(x, y - e)];
    return Math.atan2(-gx, gy);
  }
  return wind(x, y);
}

const motif: Motif = { colour, angle };
const edges = (x: number, y: number): number =>
  y > dune(x) - 0.02 || tower(x, y) || Math.hypot(x - LAMP[0], y - LAMP[1]) < 0.12 ? 1 : 0.35;

const LAYERS: readonly Layer[] = [
  { width: 34, length: 150, spacing: 0.62, wander: 0.1, body: 0.5, dry: 0.1, streak: 0.05, taper: 0.5, opacity: 0.9 },
  {
    width: 19,
    length: 105,
    spacing: 0.78,
    wander: 0.15,
    body: 1.1,
    dry: 0.25,
    streak: 0.06,
    taper: 0.7,
    opacity: 0.95,
  },
  { width: 13, length: 72, spacing: 1.12, wander: 0.21, body: 1.9, dry: 0.2, streak: 0.07, taper: 0.8, opacity: 0.97 },
  {
    width: 7,
    length: 40,
    spacing: 1.7,
    wander: 0.15,
    body: 1.7,
    dry: 0.15,
    streak: 0.06,
    taper: 0.8,
    opacity: 1,
    where: edges,
  },
];

/** A lighthouse on a windy night, in thick oil: long curved strokes, blues against yellows. */
export function paintSwirls(): Picture {
  const rng = new Rng(31);
  const canvas = new Canvas(1280, 1024, [0.36, 0.3, 0.24]);
  for (const layer of LAYERS) paintLayer(canvas, motif, layer, rng);
  return canvas.light(0.55, 0.16).shrink(2);
}
