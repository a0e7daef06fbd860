/** Unit costs: how many seconds each unit of work takes on a machine. */
import { askWorker } from '../process/parent.js';
import type { BackendName } from '../selection/start.js';
import { NO_WORK, type Work } from './work.js';

/** Seconds per unit of each kind of work; not negative. */
export type UnitCosts = { readonly [Kind in keyof Work]: number };

/** Measured on two cores of an AMD EPYC (Zen 4); used until this machine has been measured. */
export const DEFAULT_UNIT_COSTS: UnitCosts = {
  graphRuns: 1e-3,
  multiplyAdds: 5e-12,
  featureBytes: 5e-10,
  graphs: 0.02,
  graphBytes: 5e-9,
  elements: 1e-9,
};

/** Work and the seconds that it took. */
export interface Sample {
  readonly work: Work;
  readonly seconds: number;
}

export const WORK_KINDS = Object.keys(NO_WORK) as (keyof Work)[];

/** Seconds that the work takes. */
export const secondsFor = (work: Work, costs: UnitCosts): number =>
  WORK_KINDS.reduce((sum, kind) => sum + work[kind] * costs[kind], 0);

/**
 * Fits non-negative unit costs to the samples, by least squares of the relative errors. Uses coordinate descent from
 * `start` (each cost in turn takes its best value), so a kind of work that no sample contains keeps its cost.
 */
export function fitCosts(samples: readonly Sample[], start: UnitCosts = DEFAULT_UNIT_COSTS): UnitCosts {
  const costs = { ...start };
  const rows = samples.map(({ work, seconds }) => WORK_KINDS.map((kind) => work[kind] / seconds));
  const errors = samples.map(({ work, seconds }) => secondsFor(work, costs) / seconds - 1);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const [column, kind] of WORK_KINDS.entries()) {
      const square = rows.reduce((sum, row) => sum + row[column]! ** 2, 0);
      if (square === 0) continue;
      const slope = rows.reduce((sum, row, i) => sum + row[column]! * errors[i]!, 0);
      const change = Math.max(-costs[kind], -slope / square);
      costs[kind] += change;
      for (const [i, row] of rows.entries()) errors[i]! += change * row[column]!;
    }
  }
  return costs;
}

/** Enough for kinds of work that nearly always occur together to be separated. */
const SWEEPS = 20_000;

/** A CPU that emulates a GPU takes minutes; such a machine keeps the default costs. */
const TIMEOUT_MS = 60_000;

/**
 * Times a few small evaluations in a child process, for about three seconds, and fits the unit costs that explain them.
 * @param backend name of the started backend
 * @throws Error saying how the process ended; the signal's reason if it was aborted
 */
export function measureUnitCosts(
  backend: string,
  { threads, signal }: { threads: number; signal?: AbortSignal | undefined },
): Promise<UnitCosts> {
  // `tensorflow` starts as `tensorflow-gpu` or `tensorflow-cpu`.
  const name = (backend.startsWith('tensorflow') ? 'tensorflow' : backend) as BackendName;
  return askWorker<UnitCosts>('measure', [name, String(threads)], { timeoutMs: TIMEOUT_MS, signal });
}
