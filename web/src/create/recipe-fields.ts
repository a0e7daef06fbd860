import type { RecipeFieldsFragment } from '../generated/graphql';

export type RecipeField = keyof RecipeFieldsFragment;

/** Every control of a recipe, in the drawer's order. The compiler says so where one is forgotten. */
export const GROUPS = {
  Size: ['size', 'sizeOf', 'steps'],
  Weights: ['contentWeight', 'styleWeight', 'totalVariationWeight', 'balanceStyleLayers'],
  Network: ['network', 'allowFallback', 'pooling', 'contentLayers', 'styleLayers'],
  Optimiser: ['optimizer', 'learningRate', 'history', 'minImprovement', 'averageDecay'],
  'Coarse to fine': ['minScale', 'scaleRatio', 'stepRatio'],
  Start: ['initialImage', 'noiseRatio', 'seed'],
  Colours: ['colors'],
} as const satisfies Record<string, readonly RecipeField[]>;

type Shown = (typeof GROUPS)[keyof typeof GROUPS][number];
/** An error here: a field of the recipe is in no group. */
const complete: Exclude<RecipeField, Shown> extends never ? true : never = true;
void complete;

/** Fields that mean something only while another has a certain value; with any other they must be left out. */
export const GOES_WITH: Partial<Record<RecipeField, readonly [RecipeField, string]>> = {
  learningRate: ['optimizer', 'ADAM'],
  history: ['optimizer', 'LBFGS'],
  noiseRatio: ['initialImage', 'BLEND'],
};
