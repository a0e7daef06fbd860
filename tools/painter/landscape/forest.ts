import { clamp, mix3, type Vec3 } from '../maths.js';
import { noise2 } from '../noise.js';
import { Rng } from '../rng.js';
import { growConifer } from './conifer.js';
import { forest } from './ground.js';
import { hewStone } from './stone.js';
import type { Terrain } from './terrain.js';
import type { View } from './view.js';

interface Tree {
  at: Vec3;
  metres: number;
  kind: number;
  colour: Vec3;
  sun: number;
  sky: number;
}

const SPRUCE: readonly [Vec3, Vec3] = [
  [0.05, 0.085, 0.035],
  [0.1, 0.125, 0.04],
];
const LARCH: readonly [Vec3, Vec3] = [
  [0.32, 0.19, 0.03],
  [0.42, 0.23, 0.035],
];
/** x, z and height: a few that are not left to chance, to hold the cabin. */
const BESIDE_CABIN: readonly (readonly [number, number, number])[] = [
  [-64, 172, 15],
  [-59, 176, 19],
  [-43.5, 171, 13],
  [-40, 166, 9],
  [-67, 158, 8],
];
const SPACING = 8;
const DEEP = 3600;

/** The cabin's meadow, and the view of it from the camera. */
const clearing = (x: number, z: number): boolean => Math.abs(x + 52) < 14 && z < 168 && z > 60;

/** Sows the valley: spruces, with larches in autumn gold gathered here and there. From far to near, as they are drawn. */
function sow(terrain: Terrain, rng: Rng, kinds: number): Tree[] {
  const trees: Tree[] = BESIDE_CABIN.map(([x, z, metres], i) => ({
    at: [x, terrain.height(x, z) - 0.3, z],
    metres,
    kind: i,
    colour: mix3(...SPRUCE, rng.next()),
    sun: 1,
    sky: 0.8,
  }));
  let z = DEEP;
  while (z > 70) {
    // Farther rows stand wider apart: there, they only overlap.
    const spacing = SPACING * (1 + z / 2500);
    for (let x = -0.56 * z - 30; x < 0.56 * z + 30; x += spacing) {
      const tx = x + rng.range(-0.5, 0.5) * spacing;
      const tz = z + rng.range(-0.5, 0.5) * spacing;
      const y = terrain.height(tx, tz);
      const dice = rng.next();
      if (y < 0.8 || clearing(tx, tz) || dice > forest(terrain, tx, y, tz)) continue;
      const golden = noise2(tx / 130 + 40, tz / 130) + rng.normal() * 0.25 > 0.36;
      const [dark, light] = golden ? LARCH : SPRUCE;
      trees.push({
        at: [tx, y - 0.4, tz],
        metres:
          (golden ? 17 : 21) *
          rng.range(0.5, 1.15) *
          (1 + 0.35 * noise2(tx / 60, tz / 60)) *
          clamp(1.25 - y / 800, 0.5),
        kind: Math.floor(rng.next() * kinds),
        colour: mix3(dark, light, rng.next()),
        // Shadows reach up to a tree's foot before its top: ask a little higher.
        sun: terrain.sample(terrain.sunlight, tx, tz),
        sky: 0.4 + 0.6 * terrain.sample(terrain.openness, tx, tz),
      });
    }
    z -= spacing;
  }
  return trees.sort((a, b) => b.at[2] - a.at[2]);
}

export function plantForest(terrain: Terrain, views: readonly View[]): void {
  const rng = new Rng(12);
  const kinds = Array.from({ length: 14 }, () => growConifer(rng, 200, rng.range(0.3, 0.44)));
  for (const tree of sow(terrain, rng, kinds.length)) {
    for (const view of views) {
      kinds[tree.kind]!.place(view, tree.at, tree.metres, tree.colour, tree.sun, tree.sky);
    }
  }
}

/** Stones along the waterline of the near land, half in the water. */
export function strewStones(terrain: Terrain, views: readonly View[]): void {
  const rng = new Rng(14);
  const kinds = Array.from({ length: 5 }, () => hewStone(rng, 48));
  const places: Vec3[] = [];
  while (places.length < 260) {
    const [x, z] = [rng.range(-190, -20), rng.range(125, 215)];
    const y = terrain.height(x, z);
    if (y > -0.5 && y < 0.7) places.push([x, -0.1, z]);
  }
  for (const at of places.sort((a, b) => b[2] - a[2])) {
    const grey = rng.range(0.14, 0.28);
    const metres = 0.25 + 1.2 * rng.next() ** 3;
    const kind = rng.pick(kinds);
    for (const view of views) kind.place(view, at, metres, [grey * 1.1, grey, grey * 0.9], 0.9, 0.8);
  }
}
