import type { Recipe } from '../../engine/recipe/recipe.js';
import { RECIPE_RANGES } from '../../engine/recipe/resolve.js';
import { MAX_SIDE, MIN_SIDE } from '../../engine/schedule/fit-size.js';

const range = (field: keyof typeof RECIPE_RANGES) => `${RECIPE_RANGES[field].min} to ${RECIPE_RANGES[field].max}`;

/** What each field of a recipe means; the same in the recipe that comes out and in the overrides that go in. */
export const RECIPE_DOCS: Readonly<Record<keyof Recipe, string>> = {
  network: 'Name of the network that sees the pictures; `engine.networks` lists them.',
  allowFallback:
    '`vgg19-half` may take the place of a `vgg19` that is not at hand. `Session.network` tells whether it did.',
  size: `Length in pixels of the side named by \`sizeOf\`, for the content and the styles alike; ${range('size')}. Very long pictures keep their shape: no side has fewer than ${MIN_SIDE} or more than ${MAX_SIDE} pixels.`,
  sizeOf: 'Which side `size` speaks of.',
  steps: `Optimiser steps over all scales together; ${range('steps')}.`,
  contentWeight: `Weight of the content term (alpha); ${range('contentWeight')}.`,
  styleWeight: `Weight of the style term (beta); ${RECIPE_RANGES.styleWeight.min} to ${RECIPE_RANGES.styleWeight.max}.`,
  totalVariationWeight: `Weight of the smoothness term (gamma); ${range('totalVariationWeight')}, 0 for none.`,
  contentLayers: 'Layers whose features are kept like the content picture’s.',
  styleLayers: 'Layers whose feature correlations are made like the style pictures’; at least one.',
  pooling: 'How the network halves its feature maps.',
  optimizer: 'How the picture is changed to lower the loss.',
  learningRate: `Step length of ADAM on the normalised picture; ${range('learningRate')}. Null with LBFGS, which finds its own.`,
  history: `Past changes of the picture that LBFGS works with; ${range('history')}. Null with ADAM.`,
  balanceStyleLayers:
    'Rescales the style layers’ weights at the beginning of each scale so that their gradients have the same norm.',
  minImprovement: `A scale ends early when ten steps lower the total loss by less than this share of it; ${range('minImprovement')}, 0 for never.`,
  initialImage: 'What the optimisation starts from.',
  noiseRatio: `Share of noise in BLEND, the rest is content; ${range('noiseRatio')}. Null with any other \`initialImage\`.`,
  seed: `Seed of the noise in NOISE, STYLE and BLEND; ${range('seed')}.`,
  minScale: `Long side in pixels of the coarsest scale of a coarse-to-fine run; ${range('minScale')}. One scale only where it is not below the picture’s.`,
  scaleRatio: `Each scale’s side over the next coarser one’s; ${range('scaleRatio')}.`,
  stepRatio: `Each scale’s steps over the next coarser one’s; ${range('stepRatio')}, 1 for equal shares.`,
  averageDecay: `Decay of the running average over the steps that is shown and returned; ${range('averageDecay')}, 0 for the steps’ own pictures.`,
  colors: 'Whose colours the picture has.',
};
