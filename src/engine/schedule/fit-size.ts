import { MIN_SIDE } from '../network/topology.js';
import { MAX_SIDE } from '../recipe/fields.js';
import type { Recipe } from '../recipe/recipe.js';
import type { Size } from '../types/run.js';

type SizeSettings = Pick<Recipe, 'size' | 'sizeOf'>;

/**
 * The working size of an image: the side named by `sizeOf` becomes `size`, the other side follows from the aspect ratio,
 * rounded down as in the reference program. Very long images keep their aspect ratio: they become larger than `size` if the
 * short side would be below `MIN_SIDE`, and smaller if the long side would be above `MAX_SIDE`. The aspect ratio changes
 * only if both limits cannot be met.
 */
export function fitSize(width: number, height: number, { size, sizeOf }: SizeSettings): Size {
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const wanted = size / (sizeOf === 'LONG_SIDE' ? long : short);
  const factor = Math.min(MAX_SIDE / long, Math.max(MIN_SIDE / short, wanted));
  const fit = (n: number) => Math.max(MIN_SIDE, Math.floor(n * factor + 1e-6));
  return { width: fit(width), height: fit(height) };
}

/** The size at the finest scale of a style image whose `scale` is given. */
export function fitStyleSize({ width, height }: Size, scale: number, { size, sizeOf }: SizeSettings): Size {
  return fitSize(width, height, { sizeOf, size: size * scale });
}

/** The size of a fitted style image at a coarser scale. The aspect ratio is kept, no side falls below `MIN_SIDE`. */
export function shrinkSize({ width, height }: Size, factor: number): Size {
  const least = Math.min(1, MIN_SIDE / Math.min(width, height));
  const side = (n: number) => Math.round(n * Math.max(least, factor));
  return { width: side(width), height: side(height) };
}
