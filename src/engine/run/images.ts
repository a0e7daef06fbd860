import type { GreyImage, RgbImage } from '../../core/pixels.js';
import { flatten, joinAlpha, splitAlpha } from '../image/alpha.js';
import { colorStatistics } from '../image/color-statistics.js';
import { matchColors, transferLuminance } from '../image/colors.js';
import { keepContent, maskPlane, resampleMask } from '../image/masks.js';
import { denormalize, normalize } from '../image/normalize.js';
import { resample } from '../image/resample.js';
import { checkRegions } from '../objective/regions.js';
import type { WeightedStyle } from '../objective/targets.js';
import type { Recipe } from '../recipe/recipe.js';
import { fitSize, fitStyleSize, shrinkSize } from '../schedule/fit-size.js';
import type { ScalePlan } from '../schedule/pyramid.js';
import type { Planes, StyleImage } from '../types/run.js';

type ImageSettings = Pick<Recipe, 'size' | 'sizeOf' | 'colors' | 'styleLayers'>;

interface RunSources {
  readonly content: RgbImage;
  readonly styles: readonly StyleImage[];
  readonly keepMask?: GreyImage | undefined;
  readonly recipe: ImageSettings;
}

/**
 * The images of a run at one scale, normalised: the content and its masks at the scale's size, each style at its own aspect
 * ratio.
 */
export class RunImages {
  constructor(
    readonly content: Planes,
    readonly styles: readonly WeightedStyle[],
    /** Keep mask of the content. */
    readonly keep: Planes | undefined,
    /** Opacity of the content, at the final size. */
    private readonly alpha: Planes | undefined,
    private readonly recipe: ImageSettings,
  ) {}

  /** The images at the final scale. */
  static prepare({ content, styles, keepMask, recipe }: RunSources): RunImages {
    const { width, height } = fitSize(content.width, content.height, recipe);
    const { image, alpha } = splitAlpha(content, width, height);
    const colors = recipe.colors === 'COLOR_MATCHING' && colorStatistics(image, alpha?.data);
    const fitStyle = ({ image: style, scale = 1 }: StyleImage) => {
      const size = fitStyleSize(style, scale, recipe);
      const fitted = resample(normalize(flatten(style)), size.width, size.height);
      return colors ? matchColors(fitted, colors) : fitted;
    };
    const weighted = styles.map((style) => ({
      image: fitStyle(style),
      weight: style.weight,
      mask: style.mask && maskPlane(style.mask, image),
    }));
    return new RunImages(image, weighted, keepMask && maskPlane(keepMask, image), alpha, recipe);
  }

  atScale({ width, height, factor }: ScalePlan): RunImages {
    const styles = this.styles.map(({ image, weight, mask }) => {
      const size = shrinkSize(image, factor);
      return {
        image: resample(image, size.width, size.height),
        weight,
        mask: mask && resampleMask(mask, width, height),
      };
    });
    const keep = this.keep && resampleMask(this.keep, width, height);
    return new RunImages(resample(this.content, width, height), styles, keep, this.alpha, this.recipe);
  }

  /** Throws `INVALID_MASK` if a region is empty at one of the scales. */
  checkMasks(scales: readonly ScalePlan[]): void {
    const layers = this.recipe.styleLayers.map(({ layer }) => layer);
    for (const { width, height } of scales) {
      const atScale = (mask: Planes | undefined) => mask && resampleMask(mask, width, height);
      const styles = this.styles.map(({ weight, mask }) => ({ weight, mask: atScale(mask) }));
      checkRegions(styles, atScale(this.keep), layers);
    }
  }

  /** The image with the kept content put back. */
  withKeptContent(image: Planes): Planes {
    const { content, keep } = this;
    if (!keep) return image;
    return { ...image, data: keepContent(image.data, content, keep, new Float32Array(image.data.length)) };
  }

  /** The image as shown: with the kept content, the recipe's colours and the content's alpha. */
  present(image: Planes): RgbImage {
    const kept = this.withKeptContent(image);
    const colored = this.recipe.colors === 'LUMINANCE_TRANSFER' ? transferLuminance(kept, this.content) : kept;
    return joinAlpha(denormalize(colored), this.alpha);
  }
}
