import { EngineError } from '../errors.js';
import type { Recipe } from '../recipe/recipe.js';

/** Throws `INVALID_RECIPE` where the recipe names a layer that the network, of these layers from shallow to deep, lacks. */
export function checkHasLayers(
  layers: readonly string[],
  recipe: Pick<Recipe, 'contentLayers' | 'styleLayers' | 'network'>,
): void {
  for (const field of ['contentLayers', 'styleLayers'] as const) {
    const missing = recipe[field].find(({ layer }) => !layers.includes(layer));
    if (!missing) continue;
    const message = `${recipe.network} has no layer ${missing.layer}; its deepest is ${layers.at(-1)}`;
    throw new EngineError('INVALID_RECIPE', message, field);
  }
}
