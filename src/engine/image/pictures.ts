/** Pictures on their way into a run and out of it. */
import type { PlanarImage } from '../backend/backend.js';
import type { Recipe } from '../recipe/recipe.js';
import { fitSize, fitStyleSize, shrinkSize } from '../schedule/fit-size.js';
import type { RgbImage, StyleImage } from '../types.js';
import { flatten, joinAlpha, splitAlpha, type AlphaPlane } from './alpha.js';
import { colorStatistics } from './color-statistics.js';
import { matchColors, transferLuminance } from './colors.js';
import { denormalize, normalize } from './normalize.js';
import { resample } from './resample.js';

/** What the run works on, normalised and of the recipe's size: the content at its own aspect ratio, each style at its own. */
export interface Pictures {
  readonly content: PlanarImage;
  readonly alpha: AlphaPlane | undefined;
  readonly styles: readonly { readonly image: PlanarImage; readonly weight: number }[];
}

export function preparePictures(content: RgbImage, styles: readonly StyleImage[], recipe: Recipe): Pictures {
  const { width, height } = fitSize(content.width, content.height, recipe);
  const { image, alpha } = splitAlpha(content, width, height);
  const colors = recipe.colors === 'COLOR_MATCHING' && colorStatistics(image, alpha?.data);
  const fittedStyle = ({ image: style, scale = 1 }: StyleImage) => {
    const size = fitStyleSize(style, scale, recipe);
    const fitted = resample(normalize(flatten(style)), size.width, size.height);
    return colors ? matchColors(fitted, colors) : fitted;
  };
  return {
    content: image,
    alpha,
    styles: styles.map((style) => ({ image: fittedStyle(style), weight: style.weight })),
  };
}

/** What is shown of an image; the content has the same size. */
export function present(
  image: PlanarImage,
  { content, alpha }: Pick<Pictures, 'content' | 'alpha'>,
  { colors }: Pick<Recipe, 'colors'>,
): RgbImage {
  return joinAlpha(denormalize(colors === 'LUMINANCE_TRANSFER' ? transferLuminance(image, content) : image), alpha);
}

/** A style at a coarser scale. */
export function shrink(image: PlanarImage, factor: number): PlanarImage {
  const { width, height } = shrinkSize(image, factor);
  return resample(image, width, height);
}
