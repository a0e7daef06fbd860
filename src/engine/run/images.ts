/** Pictures on their way into a run and out of it. */
import { checkRegions } from '../objective/regions.js';
import type { WeightedStyle } from '../objective/targets.js';
import type { Recipe } from '../recipe/recipe.js';
import { fitSize, fitStyleSize, shrinkSize } from '../schedule/fit-size.js';
import type { ScalePlan } from '../schedule/pyramid.js';
import { flatten, joinAlpha, splitAlpha } from '../image/alpha.js';
import { colorStatistics } from '../image/color-statistics.js';
import { matchColors, transferLuminance } from '../image/colors.js';
import { keepContent, maskPlane, resampleMask } from '../image/masks.js';
import { denormalize, normalize } from '../image/normalize.js';
import { resample } from '../image/resample.js';
import type { GreyImage, RgbImage } from '../../core/pixels.js';
import type { Planes, StyleImage } from '../types/run.js';

/** What the run works on, normalised and of the recipe's size: the content at its own aspect ratio, each style at its own, masks as the content. */
export interface Pictures {
  readonly content: Planes;
  readonly alpha: Planes | undefined;
  readonly styles: readonly WeightedStyle[];
  /** Where the content stays. */
  readonly keep: Planes | undefined;
}

export function prepareImages(
  content: RgbImage,
  styles: readonly StyleImage[],
  keepMask: GreyImage | undefined,
  recipe: Recipe,
): Pictures {
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
    styles: styles.map((style) => ({
      image: fittedStyle(style),
      weight: style.weight,
      mask: style.mask && maskPlane(style.mask, image),
    })),
    keep: keepMask && maskPlane(keepMask, image),
  };
}

/** The pictures at a coarser scale. */
export function scaled({ content, alpha, styles, keep }: Pictures, { width, height, factor }: ScalePlan): Pictures {
  return {
    content: resample(content, width, height),
    alpha,
    styles: styles.map(({ image, weight, mask }) => ({
      image: shrink(image, factor),
      weight,
      mask: mask && resampleMask(mask, width, height),
    })),
    keep: keep && resampleMask(keep, width, height),
  };
}

/** Throws `INVALID_MASK` where a mask leaves nothing to paint at one of the scales. */
export function checkMasks(
  { styles, keep }: Pick<Pictures, 'styles' | 'keep'>,
  scales: readonly ScalePlan[],
  { styleLayers }: Pick<Recipe, 'styleLayers'>,
): void {
  const layers = styleLayers.map(({ layer }) => layer);
  for (const { width, height } of scales) {
    const fitted = (mask: Planes | undefined) => mask && resampleMask(mask, width, height);
    checkRegions(
      styles.map(({ weight, mask }) => ({ weight, mask: fitted(mask) })),
      fitted(keep),
      layers,
    );
  }
}

/** What is shown of an image; the content has the same size. */
export function present(image: Planes, pictures: Pictures, { colors }: Pick<Recipe, 'colors'>): RgbImage {
  const { content, alpha } = pictures;
  const whole = withKept(image, pictures);
  return joinAlpha(denormalize(colors === 'LUMINANCE_TRANSFER' ? transferLuminance(whole, content) : whole), alpha);
}

/** The image with what is kept of the content put back. */
export function withKept(image: Planes, { content, keep }: Pick<Pictures, 'content' | 'keep'>): Planes {
  if (!keep) return image;
  return { ...image, data: keepContent(image.data, content, keep, new Float32Array(image.data.length)) };
}

/** A style at a coarser scale. */
function shrink(image: Planes, factor: number): Planes {
  const { width, height } = shrinkSize(image, factor);
  return resample(image, width, height);
}
