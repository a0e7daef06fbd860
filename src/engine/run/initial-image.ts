import type { RgbImage } from '../../core/pixels.js';
import { flatten } from '../image/alpha.js';
import { blendStatistics, colorStatistics } from '../image/color-statistics.js';
import { coloredNoise, noiseImage } from '../image/noise.js';
import { normalize } from '../image/normalize.js';
import { resample } from '../image/resample.js';
import type { WeightedStyle } from '../objective/targets.js';
import type { Recipe } from '../recipe/recipe.js';
import type { Planes } from '../types/run.js';

interface InitialSources {
  readonly content: Planes;
  readonly styles: readonly WeightedStyle[];
  /** Given if the recipe's `initialImage` is IMAGE; of any size, stretched to the content's. */
  readonly image: RgbImage | undefined;
}

/** The image from which a run starts, normalised, of the content's size. A copy. */
export function initialImage(
  { initialImage, seed, noiseRatio }: Pick<Recipe, 'initialImage' | 'seed' | 'noiseRatio'>,
  { content, styles, image }: InitialSources,
): Planes {
  const { width, height } = content;
  switch (initialImage) {
    case 'CONTENT':
      return { width, height, data: content.data.slice() };
    case 'NOISE':
      return noiseImage(width, height, seed);
    case 'STYLE': {
      const parts = styles.map(({ image: style, weight }) => ({ ...colorStatistics(style), weight }));
      return coloredNoise(width, height, seed, blendStatistics(parts));
    }
    case 'BLEND': {
      const noise = noiseImage(width, height, seed);
      const data = noise.data.map((value, i) => noiseRatio! * value + (1 - noiseRatio!) * content.data[i]!);
      return { width, height, data };
    }
    case 'IMAGE':
      return resample(normalize(flatten(image!)), width, height);
  }
}
