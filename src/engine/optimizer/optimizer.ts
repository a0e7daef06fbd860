import type { Evaluation, Losses, Size } from '../types/run.js';

export type Evaluate = (image: Float32Array) => Promise<Evaluation>;

export interface StepResult {
  /** Adam: at the image before the update. L-BFGS: at the new image. */
  readonly losses: Losses;
  /** Number of evaluations of the objective. */
  readonly evaluations: number;
  /** No descent direction is left; further steps would not change the image. */
  readonly converged: boolean;
}

/** A first-order optimiser of one image, [3, height, width]. Construct it with `state` to resume. */
export interface Optimizer {
  /** The next step changes its arrays. */
  readonly state: OptimizerState;
  /** Updates `image` in place. */
  step(image: Float32Array, evaluate: Evaluate): Promise<StepResult>;
  /** The optimiser for the same image resampled to another size. */
  resized(from: Size, to: Size): Optimizer;
}

/** Everything the next steps depend on, besides the recipe. Arrays have the image's length. */
export type OptimizerState = AdamState | LbfgsState;

export interface AdamState {
  /** Number of steps done. */
  t: number;
  /** First moment. */
  readonly m: Float32Array;
  /** Second moment. */
  readonly v: Float32Array;
}

export interface LbfgsState {
  /** Oldest first. */
  readonly pairs: readonly LbfgsPair[];
  /** Losses and gradient at the current image; null before the first step. */
  readonly current: Evaluation | null;
}

export interface LbfgsPair {
  /** Change of the image. */
  readonly s: Float32Array;
  /** Change of the gradient. */
  readonly y: Float32Array;
  /** 1 / (y . s) */
  readonly rho: number;
}
