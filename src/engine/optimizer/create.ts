import type { Recipe } from '../recipe/recipe.js';
import { Adam } from './adam.js';
import { Lbfgs } from './lbfgs.js';
import type { Size } from '../types/run.js';
import type { Optimizer, OptimizerState } from './optimizer.js';

type OptimizerSettings = Pick<Recipe, 'optimizer' | 'learningRate' | 'history'>;

/** The recipe's optimiser before its first step on an image of this size. */
export function createOptimizer({ optimizer, learningRate, history }: OptimizerSettings, size: Size): Optimizer {
  return optimizer === 'ADAM' ? Adam.create(learningRate!, 3 * size.width * size.height) : new Lbfgs(history!, size);
}

/** The recipe's optimiser, for an image of this size, in a state that it was in before. */
export function restoreOptimizer(
  { learningRate, history }: OptimizerSettings,
  size: Size,
  state: OptimizerState,
): Optimizer {
  return 't' in state ? new Adam(learningRate!, state) : new Lbfgs(history!, size, state);
}
