import type { Recipe } from '../recipe/recipe.js';

/**
 * The size at which a picture is worked on: the side named by `sizeOf` becomes `size`, the other follows the aspect
 * ratio (rounded down, as the reference program does). Very long pictures keep their shape, too: they become larger than
 * `size` where the short side would have fewer than `MIN_SIDE` pixels, smaller where the long one would have more than
 * `MAX_SIDE`. Only where both at once cannot be is the shape given up.
 */
export function fitSize(
  width: number,
  height: number,
  { size, sizeOf }: Pick<Recipe, 'size' | 'sizeOf'>,
): { width: number; height: number } {
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const wanted = size / (sizeOf === 'LONG_SIDE' ? long : short);
  const factor = Math.min(MAX_SIDE / long, Math.max(MIN_SIDE / short, wanted));
  const fit = (n: number) => Math.max(MIN_SIDE, Math.floor(n * factor + 1e-6));
  return { width: fit(width), height: fit(height) };
}

/** The size of a style picture whose scale is `scale`, at the finest scale. */
export function fitStyleSize(
  { width, height }: { width: number; height: number },
  scale: number,
  { size, sizeOf }: Pick<Recipe, 'size' | 'sizeOf'>,
): { width: number; height: number } {
  return fitSize(width, height, { sizeOf, size: size * scale });
}

/** The size of a fitted style picture at a coarser scale: its own aspect ratio, not below what the poolings need. */
export function shrinkSize(
  { width, height }: { width: number; height: number },
  factor: number,
): { width: number; height: number } {
  const least = Math.min(1, MIN_SIDE / Math.min(width, height));
  const side = (n: number) => Math.round(n * Math.max(least, factor));
  return { width: side(width), height: side(height) };
}

/** Four poolings must leave at least one pixel. */
export const MIN_SIDE = 16;
/** A panorama's long side, where `size` speaks of the short one. */
export const MAX_SIDE = 4096;
