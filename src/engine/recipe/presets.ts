/** The built-in recipes. `classic` has the numbers of the reference program; the others were tuned by eye and by loss. */
import { EngineError } from '../errors.js';
import { DEFAULT_RECIPE, overrideRecipe, type LayerWeight, type Recipe, type RecipeOverrides } from './recipe.js';

export interface Preset {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly recipe: Recipe;
}

export const DEFAULT_PRESET = 'balanced';

const ALL_FIRST_LAYERS: readonly LayerWeight[] = ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1'].map(
  (layer) => ({ layer, weight: 1 }),
);

export const PRESETS: readonly Preset[] = [
  {
    name: DEFAULT_PRESET,
    title: 'Balanced',
    description: 'The default. From coarse to fine: the image stays recognisable and the style is everywhere in it.',
    recipe: DEFAULT_RECIPE,
  },
  {
    name: 'draft',
    title: 'Draft',
    description: 'A quick look: the smallest network and few steps. Palette and fine strokes, no large motifs.',
    recipe: overrideRecipe(DEFAULT_RECIPE, { network: 'vgg19-quarter', size: 256, steps: 80 }),
  },
  {
    name: 'faithful',
    title: 'Faithful',
    description: 'The content first: every house and tree keeps its place; strokes and palette come from the style.',
    recipe: overrideRecipe(DEFAULT_RECIPE, { styleWeight: 2e4 }),
  },
  {
    name: 'bold',
    title: 'Bold',
    description:
      'The style first: the run starts at a very small scale, so large motifs dominate and the content is only hinted at.',
    recipe: overrideRecipe(DEFAULT_RECIPE, { styleWeight: 1.5e6, minScale: 64 }),
  },
  {
    name: 'fine-detail',
    title: 'Fine detail',
    description: 'For printing: twice the size of balanced, with most steps at the coarse scales. Takes minutes.',
    recipe: overrideRecipe(DEFAULT_RECIPE, { size: 768, steps: 240, stepRatio: 0.7 }),
  },
  {
    name: 'classic',
    title: 'Classic',
    description:
      'The well-known recipe: 2000 Adam steps at one scale with VGG19, or with the half network if VGG19 is not installed.',
    recipe: overrideRecipe(DEFAULT_RECIPE, {
      network: 'vgg19',
      allowFallback: true,
      size: 128,
      sizeOf: 'SHORT_SIDE',
      steps: 2000,
      contentWeight: 1e-2,
      styleWeight: 1e4,
      contentLayers: ALL_FIRST_LAYERS,
      styleLayers: ALL_FIRST_LAYERS,
      optimizer: 'ADAM',
      learningRate: 0.02,
      minScale: 2048,
      scaleRatio: 2,
    }),
  },
];

/**
 * The preset's recipe with the given fields replaced, checked.
 * @throws EngineError `INVALID_RECIPE`; `field` is `preset` or the recipe's field
 */
export function resolveRecipe(presetName: string, overrides: RecipeOverrides = {}): Recipe {
  const preset = PRESETS.find(({ name }) => name === presetName);
  if (!preset) {
    const names = PRESETS.map(({ name }) => name).join(', ');
    throw new EngineError(
      'INVALID_RECIPE',
      `\`preset\` names the unknown preset ${presetName}. Use ${names}.`,
      'preset',
    );
  }
  return overrideRecipe(preset.recipe, overrides);
}
