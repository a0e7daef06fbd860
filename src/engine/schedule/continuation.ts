/** Runs that go on where another has ended. */
import type { ScalePlan } from './pyramid.js';

/**
 * Further steps from a checkpoint that another run left, all of them at the final scale. With `fromStep` above 0 it is the
 * same work going on: counters, average and Adam's momentum are taken over. With 0 it is a work of its own, of any recipe,
 * that takes over the picture alone, in full precision.
 */
export interface Continuation {
  /** Names it: a checkpoint made in it is gone on from, any other is what it begins with. */
  readonly id: string;
  /** The steps made before. */
  readonly fromStep: number;
  /** The steps to make. */
  readonly steps: number;
}

/** The schedule of a continuation: as if all steps up to its end were made at the final scale. */
export function planContinuation(scales: readonly ScalePlan[], { fromStep, steps }: Continuation): ScalePlan[] {
  const last = scales.length - 1;
  return scales.map((scale, index) => ({ ...scale, steps: index === last ? fromStep + steps : 0 }));
}
