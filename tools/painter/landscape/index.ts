import { placeCabin, placeSmoke } from './cabin.js';
import { paintForeground } from './foreground.js';
import { plantForest, strewStones } from './forest.js';
import { develop } from './photo.js';
import { FINE, SUN } from './scene.js';
import { paintSky } from './sky.js';
import { Terrain } from './terrain.js';
import { View } from './view.js';
import { pourWater } from './water.js';
import type { Picture } from '../picture.js';
import type { Vec3 } from '../maths.js';

const CABIN: Vec3 = [-56, 1.9, 152];

/** A mountain lake at golden hour. */
export function paintLandscape(): Picture {
  const terrain = new Terrain(SUN);
  const sky = paintSky();
  const direct = new View(false);
  const mirrored = new View(true);
  const views = [direct, mirrored];
  for (const view of views) view.render(terrain, sky);
  for (const view of views) placeCabin(view, CABIN);
  plantForest(terrain, views);
  strewStones(terrain, views);
  for (const view of views) placeSmoke(view, [CABIN[0] + 6.2, CABIN[1] + 7.6, CABIN[2] + 6]);
  pourWater(direct, mirrored);
  paintForeground(direct);
  return develop(direct.colour.shrink(FINE));
}
