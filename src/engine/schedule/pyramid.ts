/** Coarse to fine: large motifs are cheap to place while the picture is small, and stay when it grows. */
import type { Recipe } from '../recipe/recipe.js';
import { MIN_SIDE } from './fit-size.js';

export interface ScalePlan {
  readonly width: number;
  readonly height: number;
  /** This scale's size over the final one, 0 < factor <= 1; styles shrink by it too. */
  readonly factor: number;
  readonly steps: number;
}

/** Each scale's side over the next finer one's: half the pixels. */
const RATIO = Math.SQRT1_2;

/**
 * Scales of sides growing by sqrt(2) from about `minScale` (long side) to the full size, with equal shares of the
 * steps; so each scale costs about half the next, and all coarse ones together about as much as the finest.
 */
export function planScales(
  width: number,
  height: number,
  { minScale, steps }: Pick<Recipe, 'minScale' | 'steps'>,
): ScalePlan[] {
  const long = Math.max(width, height);
  const wanted = 1 + Math.max(0, Math.round(Math.log(minScale / long) / Math.log(RATIO)));
  const count = Math.min(wanted, steps);
  return Array.from({ length: count }, (_, i) => {
    const factor = RATIO ** (count - 1 - i);
    const side = (n: number) => Math.max(Math.min(n, MIN_SIDE), Math.round(n * factor));
    const share = Math.floor(steps / count) + (i < steps % count ? 1 : 0);
    return { width: side(width), height: side(height), factor, steps: share };
  });
}
