/** From a preset's name and overrides to a complete, valid recipe. */
import { EngineError } from '../errors.js';
import { LAYER_NAMES } from '../network/topology.js';
import { PRESETS } from './presets.js';
import type { LayerWeight, Recipe, RecipeOverrides } from './recipe.js';

interface Range {
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
}

/** Closed ranges of the numeric fields; the API's documentation is made from the same table. */
export const RECIPE_RANGES = {
  size: { min: 32, max: 2048, integer: true },
  steps: { min: 1, max: 10_000, integer: true },
  contentWeight: { min: 0, max: 1e9 },
  styleWeight: { min: 1e-6, max: 1e12 },
  totalVariationWeight: { min: 0, max: 1e9 },
  learningRate: { min: 1e-6, max: 10 },
  history: { min: 1, max: 100, integer: true },
  minImprovement: { min: 0, max: 0.5 },
  noiseRatio: { min: 0, max: 1 },
  seed: { min: 0, max: 2 ** 31 - 1, integer: true },
  minScale: { min: 32, max: 2048, integer: true },
  scaleRatio: { min: 1.1, max: 4 },
  stepRatio: { min: 0.1, max: 4 },
  averageDecay: { min: 0, max: 0.9999 },
} as const satisfies Partial<Record<keyof Recipe, Range>>;

/** What goes with an optimiser; a null field is not for it. */
const OPTIMIZER_DEFAULTS = {
  ADAM: { learningRate: 0.05, history: null },
  LBFGS: { learningRate: null, history: 10 },
} as const;

/** The values of the fields that take one of a few. */
const RECIPE_CHOICES = {
  sizeOf: ['LONG_SIDE', 'SHORT_SIDE'],
  pooling: ['MAX', 'AVERAGE'],
  optimizer: ['ADAM', 'LBFGS'],
  initialImage: ['CONTENT', 'NOISE', 'STYLE', 'BLEND', 'IMAGE'],
  colors: ['STYLE', 'LUMINANCE_TRANSFER', 'COLOR_MATCHING'],
} as const satisfies { [K in keyof Recipe]?: readonly Recipe[K][] };

const DEFAULT_NOISE_RATIO = 0.5;
const MAX_LAYERS = LAYER_NAMES.length;
const MAX_LAYER_WEIGHT = 1e6;

const fail = (field: string, message: string) => new EngineError('INVALID_RECIPE', message, field);

/**
 * The preset's recipe with the given fields replaced, checked.
 * @throws EngineError `INVALID_RECIPE`; `field` is `preset` or the recipe's field
 */
export function resolveRecipe(presetName: string, overrides: RecipeOverrides = {}): Recipe {
  const preset = PRESETS.find(({ name }) => name === presetName);
  if (!preset) throw fail('preset', `no preset ${presetName}; there are ${PRESETS.map(({ name }) => name).join(', ')}`);
  return overrideRecipe(preset.recipe, overrides);
}

/**
 * A recipe with the given fields replaced, checked.
 * @throws EngineError `INVALID_RECIPE`; `field` is the recipe's field
 */
export function overrideRecipe(base: Recipe, overrides: RecipeOverrides): Recipe {
  const given = Object.fromEntries(
    Object.entries(overrides).filter(([, value]) => value !== undefined && value !== null),
  );
  const recipe: Recipe = {
    ...base,
    ...optimizerSettings(given, base),
    ...noiseRatioOf(given, base),
    ...given,
  };
  checkRecipe(recipe);
  return recipe;
}

/** The settings that go with an optimiser chosen over the preset's. */
function optimizerSettings({ optimizer }: RecipeOverrides, preset: Recipe): Pick<Recipe, 'learningRate' | 'history'> {
  const { learningRate, history } = preset;
  if (optimizer === undefined || optimizer === preset.optimizer) return { learningRate, history };
  return OPTIMIZER_DEFAULTS[optimizer];
}

/** The share of noise that goes with a start chosen over the preset's. */
function noiseRatioOf({ initialImage }: RecipeOverrides, preset: Recipe): Pick<Recipe, 'noiseRatio'> {
  if (initialImage === undefined || initialImage === preset.initialImage) return { noiseRatio: preset.noiseRatio };
  return { noiseRatio: initialImage === 'BLEND' ? DEFAULT_NOISE_RATIO : null };
}

/** Throws `INVALID_RECIPE` where a field is out of range or fields contradict each other. */
export function checkRecipe(recipe: Recipe): void {
  for (const [field, range] of Object.entries(RECIPE_RANGES) as [keyof typeof RECIPE_RANGES, Range][]) {
    const value = recipe[field];
    if (value !== null) checkNumber(field, value, range);
  }
  for (const [field, choices] of Object.entries(RECIPE_CHOICES) as [keyof typeof RECIPE_CHOICES, readonly string[]][]) {
    const value = recipe[field];
    if (!choices.includes(value)) throw fail(field, `${field} is ${value}; it must be one of ${choices.join(', ')}`);
  }
  for (const field of ['learningRate', 'history'] as const) {
    const { optimizer } = recipe;
    const applies = OPTIMIZER_DEFAULTS[optimizer][field] !== null;
    if (applies && recipe[field] === null) throw fail(field, `${optimizer} needs ${field}`);
    if (!applies && recipe[field] !== null)
      throw fail(field, `${optimizer} has no ${field}; leave it out or choose another optimizer`);
  }
  if (recipe.initialImage === 'BLEND' && recipe.noiseRatio === null)
    throw fail('noiseRatio', 'BLEND needs a noise ratio');
  if (recipe.initialImage !== 'BLEND' && recipe.noiseRatio !== null) {
    throw fail(
      'noiseRatio',
      `${recipe.initialImage} has no noise ratio; leave noiseRatio out or choose initialImage BLEND`,
    );
  }
  checkLayers('contentLayers', recipe.contentLayers);
  checkLayers('styleLayers', recipe.styleLayers);
  if (recipe.contentWeight > 0 && recipe.contentLayers.length === 0) {
    throw fail('contentLayers', 'a content weight above 0 needs a content layer; name one or set contentWeight to 0');
  }
  if (recipe.styleLayers.length === 0) throw fail('styleLayers', 'a style transfer needs a style layer; name one');
}

function checkNumber(field: string, value: number, { min, max, integer }: Range): void {
  if (!Number.isFinite(value) || value < min || value > max)
    throw fail(field, `${field} is ${value}; it must lie between ${min} and ${max}`);
  if (integer && !Number.isInteger(value)) throw fail(field, `${field} is ${value}; it must be a whole number`);
}

function checkLayers(field: string, layers: readonly LayerWeight[]): void {
  if (layers.length > MAX_LAYERS) throw fail(field, `${layers.length} layers; there are only ${MAX_LAYERS}`);
  const seen = new Set<string>();
  for (const { layer, weight } of layers) {
    if (!LAYER_NAMES.includes(layer)) throw fail(field, `no layer ${layer}; there are ${LAYER_NAMES.join(', ')}`);
    if (seen.has(layer)) throw fail(field, `${layer} is named twice; give it once, with the weight you want`);
    seen.add(layer);
    if (!(weight > 0 && weight <= MAX_LAYER_WEIGHT)) {
      throw fail(field, `${layer} has weight ${weight}; it must lie above 0 and at most ${MAX_LAYER_WEIGHT}`);
    }
  }
}
