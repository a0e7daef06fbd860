/** What a run starts from: an image of the coarsest scale's size, in the network's normalised space. */
import type { WeightedStyle } from '../objective/targets.js';
import type { Recipe } from '../recipe/recipe.js';
import { flatten } from '../image/alpha.js';
import { blendStatistics, colorStatistics } from '../image/color-statistics.js';
import { coloredNoise, noiseImage } from '../image/noise.js';
import { normalize } from '../image/normalize.js';
import { resample } from '../image/resample.js';
import type { RgbImage } from '../../core/pixels.js';
import type { Planes } from '../types/run.js';

export interface InitialSources {
  /** Of the size wanted. */
  readonly content: Planes;
  readonly styles: readonly WeightedStyle[];
  /** The picture to begin with, where the recipe says IMAGE; of any size, stretched to the content's. */
  readonly picture: RgbImage | undefined;
}

/** @returns a copy that may be changed in place */
export function initialImage(
  { initialImage, seed, noiseRatio }: Pick<Recipe, 'initialImage' | 'seed' | 'noiseRatio'>,
  { content, styles, picture }: InitialSources,
): Planes {
  const { width, height } = content;
  switch (initialImage) {
    case 'CONTENT':
      return { width, height, data: content.data.slice() };
    case 'NOISE':
      return noiseImage(width, height, seed);
    case 'STYLE': {
      const parts = styles.map(({ image, weight }) => ({ ...colorStatistics(image), weight }));
      return coloredNoise(width, height, seed, blendStatistics(parts));
    }
    case 'BLEND': {
      const noise = noiseImage(width, height, seed);
      const data = noise.data.map((value, i) => noiseRatio! * value + (1 - noiseRatio!) * content.data[i]!);
      return { width, height, data };
    }
    case 'IMAGE':
      return resample(normalize(flatten(picture!)), width, height);
  }
}
