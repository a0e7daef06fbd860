/** What a run will cost, before anything runs. */
import { RECIPE_FIELDS } from '../recipe/fields.js';
import { predictMemory } from './memory.js';
import { plannedScales, type RunPlan } from './run-plan.js';
import { secondsFor, type UnitCosts } from './unit-costs.js';
import { countWork } from './work.js';

export interface RunEstimate {
  /** From the engine's start on the run to its result, without the wait in a queue. */
  readonly seconds: number;
  /** The most memory that the engine process will hold, all in all. */
  readonly memoryBytes: number;
  /** Evaluations of the objective; a run that converges, or stops early, has fewer. */
  readonly evaluations: number;
  /** The finished picture's size, pixels. */
  readonly width: number;
  readonly height: number;
}

export function estimateRun(plan: RunPlan, speed: UnitCosts): RunEstimate {
  const { work, evaluations } = countWork(plan);
  const { width, height } = plannedScales(plan).at(-1)!;
  return { seconds: secondsFor(work, speed), memoryBytes: predictMemory(plan), evaluations, width, height };
}

/**
 * The largest `size` of a recipe whose run fits into so many bytes; null where even the smallest does not. By bisection:
 * memory grows with the size.
 * @param planAt the run at that size
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
