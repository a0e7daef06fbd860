/** Coarse to fine: large motifs are cheap to place while the image is small, and they stay when it grows. */
import { MIN_SIDE } from '../network/topology.js';
import type { Recipe } from '../recipe/recipe.js';
import type { Size } from '../types/run.js';

export interface ScalePlan extends Size {
  /** Size of this scale divided by the final size, 0 < factor <= 1. Styles shrink by the same factor. */
  readonly factor: number;
  readonly steps: number;
}

/**
 * Scales whose sides grow by `scaleRatio`, from a long side of about `minScale` to the full size. Each has `stepRatio` times
 * the steps of the next coarser scale and at least one step; the sum is `steps`.
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

/** Splits the steps in geometric progression. Rounds the boundaries, not the shares, so that the shares add up. */
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

/**
 * Further steps from another run's checkpoint, all at the final scale. With `fromStep` above 0, the run is continued:
 * counters, average and Adam's moments carry over. With `fromStep` 0, a new run, of any recipe, starts from the image in the
 * checkpoint, in full precision.
 */
export interface Continuation {
  /** A checkpoint carrying this id is resumed; any other checkpoint is the starting point. */
  readonly id: string;
  /** Number of steps before the continuation. */
  readonly fromStep: number;
  /** Number of steps in the continuation. */
  readonly steps: number;
}

/** The schedule of a continuation: all steps, up to its end, belong to the final scale. */
export function planContinuation(scales: readonly ScalePlan[], { fromStep, steps }: Continuation): ScalePlan[] {
  const last = scales.length - 1;
  return scales.map((scale, index) => ({ ...scale, steps: index === last ? fromStep + steps : 0 }));
}
