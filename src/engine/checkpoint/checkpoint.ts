import type { AverageState } from '../image/iterate-average.js';
import type { OptimizerState } from '../optimizer/optimizer.js';
import type { LayerWeight } from '../recipe/recipe.js';
import type { RunFingerprint } from './origin.js';
import type { Planes } from '../types/run.js';

/**
 * Everything that determines the rest of a run, after one of its steps. Chance has its say in the initial image alone,
 * so there is no random state.
 */
export interface Checkpoint {
  readonly origin: RunFingerprint;
  /** As in the step's record. */
  readonly seq: number;
  readonly step: number;
  readonly evaluations: number;
  readonly elapsedMs: number;
  /** The scale of the step, from 0, and the steps that it still has; 0 where it has converged. */
  readonly scaleIndex: number;
  readonly stepsLeft: number;
  /** The iterate, normalised. Every Float32Array of a checkpoint has the length of its data. */
  readonly image: Planes;
  readonly average: AverageState;
  /** The style layers' weights in this scale, which may have been balanced at its beginning. */
  readonly styleLayers: readonly LayerWeight[];
  /** The latest total losses of the scale, for the early stop. */
  readonly totals: readonly number[];
  readonly optimizer: OptimizerState;
}
