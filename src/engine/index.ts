/** The engine as a library: `import { stylize } from 'easel/engine'`. */
export { EngineError, type EngineErrorCode } from './errors.js';
export { locateNetwork, NETWORK_NAMES, type LocatedNetwork } from './network/locate.js';
export { loadNetwork, type Network } from './network/network.js';
export { LAYER_NAMES } from './network/topology.js';
export { DEFAULT_PRESET, PRESETS, type Preset } from './recipe/presets.js';
export type {
  InitialImage,
  LayerWeight,
  Optimizer,
  Pooling,
  Recipe,
  RecipeOverrides,
  SizeOf,
} from './recipe/recipe.js';
export { RECIPE_RANGES, resolveRecipe } from './recipe/resolve.js';
export { fitSize } from './schedule/fit-size.js';
export type * from './types.js';
