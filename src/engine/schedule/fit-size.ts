import type { Recipe } from '../recipe/recipe.js';

/**
 * The size at which a picture is worked on: the side named by `sizeOf` becomes `size`, the other follows the aspect
 * ratio (rounded down, as the reference program does), with at least `MIN_SIDE` and at most `MAX_SIDE` pixels.
 */
export function fitSize(
  width: number,
  height: number,
  { size, sizeOf }: Pick<Recipe, 'size' | 'sizeOf'>,
): { width: number; height: number } {
  const side = sizeOf === 'LONG_SIDE' ? Math.max(width, height) : Math.min(width, height);
  const fit = (n: number) => Math.min(MAX_SIDE, Math.max(MIN_SIDE, Math.floor((n * size) / side + 1e-6)));
  return { width: fit(width), height: fit(height) };
}

/** Four poolings must leave at least one pixel. */
export const MIN_SIDE = 16;
/** A panorama's long side, where `size` speaks of the short one. */
export const MAX_SIDE = 4096;
