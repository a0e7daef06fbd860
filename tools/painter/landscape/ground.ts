import { add, clamp, dot, mix, mix3, scale, smooth, times, unit, type Vec3 } from '../maths.js';
import { fbm2, noise2 } from '../noise.js';
import { SKYLIGHT, SUN, SUNLIGHT } from './scene.js';
import type { Terrain } from './terrain.js';

/** Grain finer than the terrain's cells, as a height in metres; tilted by y, so that cliffs get ledges and not stripes. */
const grain = (x: number, y: number, z: number): number => 5 * fbm2(x / 34 + y / 60, z / 34 - y / 22, 5, 0.56);

/** How thick the forest stands: on gentle ground below the tree line, in stands with clearings. */
export function forest(terrain: Terrain, x: number, y: number, z: number): number {
  const line = 620 + 180 * noise2(x / 500, z / 500);
  const level = smooth(0.58, 0.74, terrain.normal(x, z)[1]);
  const stand = smooth(-0.3, 0.2, fbm2(x / 190, z / 190, 3) + 0.1);
  return smooth(line, line - 170, y) * level * stand * smooth(1, 2.6, y);
}

function albedo(terrain: Terrain, x: number, y: number, z: number, normal: Vec3, coarse: Vec3): Vec3 {
  const patch = fbm2(x / 90, z / 90, 4);
  const strata = 0.5 + 0.5 * Math.sin(y / 17 + 3 * noise2(x / 260, z / 260));
  const rock = mix3([0.15, 0.135, 0.135], [0.3, 0.26, 0.235], clamp(0.45 + 0.5 * patch + 0.25 * (strata - 0.5)));
  const meadow = mix3([0.15, 0.14, 0.045], [0.34, 0.21, 0.07], clamp(0.5 + patch));
  let colour = mix3(rock, meadow, smooth(0.7, 0.86, normal[1] + 0.1 * patch) * smooth(950, 500, y + 160 * patch));
  colour = mix3(colour, [0.035, 0.045, 0.02], forest(terrain, x, y, z) * 0.9);
  // Snow lies where it is high and not too steep; gullies keep it lower down.
  const line = 600 + 240 * patch - 140 * (1 - terrain.sample(terrain.openness, x, z));
  const holds = smooth(0.4, 0.62, mix(normal[1], coarse[1], 0.5));
  const snow = smooth(line - 60, line + 240, y) * holds;
  return mix3(colour, [0.86, 0.88, 0.92], clamp(snow * 1.3));
}

export function shadeGround(terrain: Terrain, x: number, y: number, z: number): Vec3 {
  const coarse = terrain.normal(x, z);
  const e = Math.max(1.2, z / 1400);
  const here = grain(x, y, z);
  const steep = mix(0.35, 1, smooth(0.95, 0.75, coarse[1]));
  const tilt = (steep * 1.0) / e;
  const normal = unit([
    coarse[0] - (grain(x + e, y, z) - here) * tilt,
    coarse[1],
    coarse[2] - (grain(x, y, z + e) - here) * tilt,
  ]);
  const sun = Math.max(0, dot(normal, SUN)) * terrain.sample(terrain.sunlight, x, z);
  const open = terrain.sample(terrain.openness, x, z) ** 1.6;
  const sky = open * (0.65 + 0.35 * normal[1]);
  const bounce = 0.1 * (1 - open);
  const light = add(add(scale(SUNLIGHT, sun), scale(SKYLIGHT, sky)), scale([1, 0.7, 0.45], bounce));
  return times(albedo(terrain, x, y, z, normal, coarse), light);
}
