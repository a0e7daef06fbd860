/** What the run asks of an optimiser. Steps are taken in place; the state is the optimiser's own. */
import type { Evaluation } from '../objective/evaluator.js';
import type { Losses, Size } from '../types/run.js';
import type { AdamState } from './adam.js';
import type { LbfgsState } from './lbfgs.js';

export type Evaluate = (image: Float32Array) => Promise<Evaluation>;

export interface StepResult {
  /** Adam: at the image before its update. L-BFGS: at the image it arrived at. */
  readonly losses: Losses;
  /** Evaluations of the objective that the step took. */
  readonly evaluations: number;
  /** No direction leads down any more: further steps would change nothing. */
  readonly converged: boolean;
}

/** All that an optimiser's next steps depend on besides its options: what it is made with to go on from there. */
export type OptimizerState = AdamState | LbfgsState;

export interface Optimizer {
  /** Its arrays change with the next step. */
  readonly state: OptimizerState;
  /** Moves `image` ([3, height, width]) one step. */
  step(image: Float32Array, evaluate: Evaluate): Promise<StepResult>;
  /** The optimiser that goes on with the picture resampled to another size. */
  resized(from: Size, to: Size): Optimizer;
}
