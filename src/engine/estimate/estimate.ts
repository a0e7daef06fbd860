import { RECIPE_FIELDS } from '../recipe/fields.js';
import { predictMemory } from './memory.js';
import { plannedScales, type RunPlan } from './run-plan.js';
import { secondsFor, type UnitCosts } from './unit-costs.js';
import { countWork } from './work.js';

/** Predicted cost of a run. */
export interface RunEstimate {
  /** Seconds from the start of the run to its result; the time in the queue is not included. */
  readonly seconds: number;
  /** Peak memory of the engine process, bytes. */
  readonly memoryBytes: number;
  /** Evaluations of the objective; fewer if the run converges or stops early. */
  readonly evaluations: number;
  /** Size of the result, pixels. */
  readonly width: number;
  readonly height: number;
}

export function estimateRun(plan: RunPlan, costs: UnitCosts): RunEstimate {
  const { work, evaluations } = countWork(plan);
  const { width, height } = plannedScales(plan).at(-1)!;
  return { seconds: secondsFor(work, costs), memoryBytes: predictMemory(plan), evaluations, width, height };
}

/**
 * The largest `size` whose run fits into `availableBytes`; null if the smallest does not. Bisection works because memory
 * grows with the size.
 * @param planAt returns the plan of the run at a size
 */
export function largestSize(planAt: (size: number) => RunPlan, availableBytes: number): number | null {
  const fits = (size: number) => predictMemory(planAt(size)) <= availableBytes;
  let { min: fitting, max: tooLarge }: { min: number; max: number } = RECIPE_FIELDS.size;
  if (!fits(fitting)) return null;
  if (fits(tooLarge)) return tooLarge;
  while (tooLarge - fitting > 1) {
    const middle = Math.floor((fitting + tooLarge) / 2);
    if (fits(middle)) fitting = middle;
    else tooLarge = middle;
  }
  return fitting;
}
