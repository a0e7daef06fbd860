/** The variations that docs/controls.md shows for each control; each variation changes one setting. */
import type { Recipe, RecipeOverrides } from '../src/engine/index.js';

/** Names of sample images (samples/NAME.jpg). */
export type Sample = 'landscape' | 'swirls' | 'gouache';
/** The half of the content in which a mask is white. */
export type Half = 'left' | 'right' | 'bottom';

/** One image of a strip. */
export interface Variation {
  /** The change, for the caption. */
  readonly label: string;
  readonly recipe?: RecipeOverrides;
  /** Default: only `swirls`. */
  readonly styles?: readonly {
    readonly sample: Sample;
    readonly weight?: number;
    readonly scale?: number;
    readonly mask?: Half;
  }[];
  readonly keepMask?: Half;
  readonly initialImage?: Sample;
  /** Opacity of the result over the content, 0 to 1. Default: 1. */
  readonly strength?: number;
}

/** A strip of images; `recipe` applies to all of them. */
export interface Effect {
  readonly recipe?: RecipeOverrides;
  readonly variations: readonly Variation[];
}

const values = <F extends keyof Recipe>(field: F, ...options: Recipe[F][]): Variation[] =>
  options.map((value) => ({ label: String(value), recipe: { [field]: value } }));
const layers = (field: 'contentLayers' | 'styleLayers', ...choices: string[][]): Variation[] =>
  choices.map((names) => ({
    label: names.join(' and '),
    recipe: { [field]: names.map((layer) => ({ layer, weight: 1 })) },
  }));

const adam: RecipeOverrides = { optimizer: 'ADAM', learningRate: 0.05 };
/** Runs from noise, where the initial image has the largest effect. */
const noise: RecipeOverrides = { initialImage: 'NOISE', steps: 200 };

/** The recipe's fields, except `allowFallback` and `sizeOf`, which have no visible effect of their own. */
export const RECIPE_EFFECTS: Partial<Record<keyof Recipe, Effect>> = {
  network: { variations: values('network', 'vgg19-quarter', 'vgg19-half') },
  size: { variations: values('size', 128, 256, 512) },
  steps: { variations: values('steps', 10, 40, 120, 400) },
  contentWeight: { variations: values('contentWeight', 0.1, 1, 10) },
  styleWeight: { variations: values('styleWeight', 2e4, 2e5, 2e6) },
  totalVariationWeight: { variations: values('totalVariationWeight', 0, 10, 100) },
  contentLayers: { variations: layers('contentLayers', ['relu1_2'], ['relu3_2'], ['relu4_2'], ['relu5_1']) },
  styleLayers: { variations: layers('styleLayers', ['relu1_1', 'relu2_1'], ['relu3_1'], ['relu4_1', 'relu5_1']) },
  pooling: { variations: values('pooling', 'MAX', 'AVERAGE') },
  optimizer: {
    recipe: { steps: 100 },
    variations: [
      { label: 'ADAM, 100 steps', recipe: adam },
      { label: 'LBFGS, 100 steps', recipe: {} },
    ],
  },
  learningRate: { recipe: { ...adam, steps: 100 }, variations: values('learningRate', 0.01, 0.05, 0.25) },
  history: { variations: values('history', 1, 10, 50) },
  balanceStyleLayers: { variations: values('balanceStyleLayers', false, true) },
  minImprovement: { variations: values('minImprovement', 0, 0.1, 0.3) },
  initialImage: {
    recipe: { steps: 200 },
    variations: [
      ...values('initialImage', 'CONTENT', 'NOISE', 'STYLE', 'BLEND'),
      { label: 'IMAGE: gouache', recipe: { initialImage: 'IMAGE' }, initialImage: 'gouache' },
    ],
  },
  noiseRatio: { recipe: { ...noise, initialImage: 'BLEND' }, variations: values('noiseRatio', 0.2, 0.6, 1) },
  seed: { recipe: noise, variations: values('seed', 0, 1, 2) },
  minScale: { variations: values('minScale', 48, 128, 256) },
  scaleRatio: { recipe: { minScale: 64 }, variations: values('scaleRatio', 1.2, 1.414, 2, 4) },
  stepRatio: { variations: values('stepRatio', 0.25, 1, 4) },
  averageDecay: {
    recipe: { ...adam, learningRate: 0.25, steps: 100 },
    variations: values('averageDecay', 0, 0.9, 0.98),
  },
  colors: { variations: values('colors', 'STYLE', 'LUMINANCE_TRANSFER', 'COLOR_MATCHING') },
};

/** Settings of the images, outside the recipe. */
export const IMAGE_EFFECTS = {
  styles: {
    variations: [
      { label: 'swirls alone', styles: [{ sample: 'swirls' }] },
      { label: 'both, weights 1 and 1', styles: [{ sample: 'swirls' }, { sample: 'gouache' }] },
      { label: 'gouache alone', styles: [{ sample: 'gouache' }] },
    ],
  },
  scale: {
    variations: [0.5, 1, 2].map((scale) => ({ label: String(scale), styles: [{ sample: 'swirls', scale }] })),
  },
  masks: {
    variations: [
      {
        label: 'swirls left and gouache right',
        styles: [
          { sample: 'swirls', mask: 'left' },
          { sample: 'gouache', mask: 'right' },
        ],
      },
      { label: 'swirls, the lower half kept', keepMask: 'bottom' },
    ],
  },
  strength: {
    variations: [0.25, 0.5, 0.75, 1].map((strength) => ({ label: `${100 * strength} %`, strength })),
  },
} satisfies Record<string, Effect>;
