/** How fast a machine is: seconds for each unit of work. */
import { NO_WORK, type Work } from './work.js';

/** Seconds for one of each; none is negative. */
export type UnitCosts = { readonly [Kind in keyof Work]: number };

/** Two cores of an AMD EPYC (Zen 4), for as long as the machine itself has not been measured. */
export const DEFAULT_UNIT_COSTS: UnitCosts = {
  graphRuns: 1e-3,
  multiplyAdds: 5e-12,
  featureBytes: 5e-10,
  graphs: 0.02,
  graphBytes: 5e-9,
  elements: 1e-9,
};

/** A piece of work and how long it took. */
export interface Sample {
  readonly work: Work;
  readonly seconds: number;
}

export const KINDS = Object.keys(NO_WORK) as (keyof Work)[];

/** Seconds that the work takes. */
export const secondsFor = (work: Work, speed: UnitCosts): number =>
  KINDS.reduce((sum, kind) => sum + work[kind] * speed[kind], 0);

/**
 * The speed that explains the samples best: least squares of the relative errors, no unit with negative seconds. By
 * coordinate descent from `start` (each unit in turn takes its best value), so that what the samples say nothing about
 * stays where it was.
 */
export function fitSpeed(samples: readonly Sample[], start: UnitCosts = DEFAULT_UNIT_COSTS): UnitCosts {
  const speed = { ...start };
  const rows = samples.map(({ work, seconds }) => KINDS.map((kind) => work[kind] / seconds));
  const errors = samples.map(({ work, seconds }) => secondsFor(work, speed) / seconds - 1);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const [column, kind] of KINDS.entries()) {
      const square = rows.reduce((sum, row) => sum + row[column]! ** 2, 0);
      if (square === 0) continue;
      const slope = rows.reduce((sum, row, i) => sum + row[column]! * errors[i]!, 0);
      const change = Math.max(-speed[kind], -slope / square);
      speed[kind] += change;
      for (const [i, row] of rows.entries()) errors[i]! += change * row[column]!;
    }
  }
  return speed;
}

/** Far more than units that nearly always come together need to be told apart. */
const SWEEPS = 20_000;
