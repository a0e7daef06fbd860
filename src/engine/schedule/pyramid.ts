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

/**
 * Scales whose sides grow by `scaleRatio` from about `minScale` (long side) to the full size, each with `stepRatio` times
 * the steps of the coarser one; every scale has at least one step, and together they have `steps`.
 */
export function planScales(
  width: number,
  height: number,
  { minScale, scaleRatio, stepRatio, steps }: Pick<Recipe, 'minScale' | 'scaleRatio' | 'stepRatio' | 'steps'>,
): ScalePlan[] {
  const coarser = Math.max(0, Math.round(Math.log(Math.max(width, height) / minScale) / Math.log(scaleRatio)));
  const count = Math.min(1 + coarser, steps);
  const shares = splitSteps(steps, count, stepRatio);
  return shares.map((share, i) => {
    const factor = scaleRatio ** (i + 1 - count);
    const side = (n: number) => Math.max(Math.min(n, MIN_SIDE), Math.round(n * factor));
    return { width: side(width), height: side(height), factor, steps: share };
  });
}

/** Shares in geometric progression, rounded so that they add up: each boundary is rounded, not each share. */
function splitSteps(steps: number, count: number, ratio: number): number[] {
  const weights = Array.from({ length: count }, (_, i) => ratio ** i);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  let given = 0;
  return weights.map((weight, i) => {
    before += weight;
    const left = count - 1 - i;
    const until = Math.min(steps - left, Math.max(given + 1, Math.round((steps * before) / total)));
    const share = until - given;
    given = until;
    return share;
  });
}
