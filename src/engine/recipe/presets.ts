/** The built-in recipes. Numbers of `classic` are the reference program's; the others were tuned by eye and by number. */
import type { LayerWeight, Recipe } from './recipe.js';

export interface Preset {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly recipe: Recipe;
}

const equal = (...layers: string[]): LayerWeight[] => layers.map((layer) => ({ layer, weight: 1 }));

/** Weights at which the five layers' losses are about equal at the start: each has its say, from pen stroke to motif. */
const levelled: LayerWeight[] = [
  { layer: 'relu1_1', weight: 0.1 },
  { layer: 'relu2_1', weight: 1 },
  { layer: 'relu3_1', weight: 1.5 },
  { layer: 'relu4_1', weight: 5 },
  { layer: 'relu5_1', weight: 1 },
];

/** Style everywhere from pen stroke to motif, content where objects are. */
const balanced: Recipe = {
  network: 'vgg19-half',
  allowFallback: false,
  size: 384,
  sizeOf: 'LONG_SIDE',
  steps: 200,
  contentWeight: 1,
  styleWeight: 2e5,
  totalVariationWeight: 0,
  contentLayers: equal('relu4_2'),
  styleLayers: levelled,
  pooling: 'MAX',
  optimizer: 'LBFGS',
  learningRate: null,
  history: 10,
  balanceStyleLayers: false,
  minImprovement: 0,
  initialImage: 'CONTENT',
  noiseRatio: null,
  seed: 0,
  minScale: 128,
  scaleRatio: 1.414,
  stepRatio: 1,
  averageDecay: 0,
  colors: 'STYLE',
};

export const DEFAULT_PRESET = 'balanced';

export const PRESETS: readonly Preset[] = [
  {
    name: 'balanced',
    title: 'Balanced',
    description: 'The default: coarse to fine, the picture recognisable and the style everywhere in it.',
    recipe: balanced,
  },
  {
    name: 'draft',
    title: 'Draft',
    description: 'A quick look: the smallest network, few steps. Palette and fine strokes, no large motifs.',
    recipe: { ...balanced, network: 'vgg19-quarter', size: 256, steps: 80 },
  },
  {
    name: 'faithful',
    title: 'Faithful',
    description: 'The content first: every house and tree keeps its place, strokes and palette are the style’s.',
    recipe: { ...balanced, styleWeight: 2e4 },
  },
  {
    name: 'bold',
    title: 'Bold',
    description:
      'The style first: from a very small scale up, its large motifs take over and the content is hinted at.',
    recipe: { ...balanced, styleWeight: 1.5e6, minScale: 64 },
  },
  {
    name: 'fine-detail',
    title: 'Fine detail',
    description: 'Twice the size of balanced, most steps where they are cheap: for a picture to print. Takes minutes.',
    recipe: { ...balanced, size: 768, steps: 240, stepRatio: 0.7 },
  },
  {
    name: 'classic',
    title: 'Classic',
    description:
      'The well-known recipe to the letter: 2000 Adam steps at one scale with VGG19 (the half network stands in where it is not at hand).',
    recipe: {
      network: 'vgg19',
      allowFallback: true,
      size: 128,
      sizeOf: 'SHORT_SIDE',
      steps: 2000,
      contentWeight: 1e-2,
      styleWeight: 1e4,
      totalVariationWeight: 0,
      contentLayers: equal('relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1'),
      styleLayers: equal('relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1'),
      pooling: 'MAX',
      optimizer: 'ADAM',
      learningRate: 0.02,
      history: null,
      balanceStyleLayers: false,
      minImprovement: 0,
      initialImage: 'CONTENT',
      noiseRatio: null,
      seed: 0,
      minScale: 2048,
      scaleRatio: 2,
      stepRatio: 1,
      averageDecay: 0,
      colors: 'STYLE',
    },
  },
];
