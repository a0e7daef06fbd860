import type { Recipe } from '../recipe/recipe.js';
import type { Size } from '../types/run.js';
import { Adam } from './adam.js';
import { Lbfgs } from './lbfgs.js';
import type { Optimizer, OptimizerState } from './optimizer.js';

type OptimizerSettings = Pick<Recipe, 'optimizer' | 'learningRate' | 'history'>;

/** The recipe's optimiser for an image of this size, before its first step. */
export function createOptimizer({ optimizer, learningRate, history }: OptimizerSettings, size: Size): Optimizer {
  return optimizer === 'ADAM' ? Adam.create(learningRate!, 3 * size.width * size.height) : new Lbfgs(history!, size);
}

/** The recipe's optimiser for an image of this size, in the given state. */
export function restoreOptimizer(
  { learningRate, history }: OptimizerSettings,
  size: Size,
  state: OptimizerState,
): Optimizer {
  return 't' in state ? new Adam(learningRate!, state) : new Lbfgs(history!, size, state);
}
