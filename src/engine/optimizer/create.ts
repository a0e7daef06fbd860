import type { Recipe } from '../recipe/recipe.js';
import { Adam } from './adam.js';
import { Lbfgs } from './lbfgs.js';
import type { Optimizer, OptimizerState } from './optimizer.js';

type OptimizerSettings = Pick<Recipe, 'optimizer' | 'learningRate' | 'history'>;

/** The recipe's optimiser before its first step on an image of `length` numbers. */
export function createOptimizer({ optimizer, learningRate, history }: OptimizerSettings, length: number): Optimizer {
  return optimizer === 'ADAM' ? Adam.create(learningRate!, length) : new Lbfgs(history!);
}

/** The recipe's optimiser in a state that it was in before. */
export function restoreOptimizer({ learningRate, history }: OptimizerSettings, state: OptimizerState): Optimizer {
  return 't' in state ? new Adam(learningRate!, state) : new Lbfgs(history!, state);
}
