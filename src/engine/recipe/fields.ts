/**
 * The fields of a recipe, each described once. The `Recipe` type, the checks, the GraphQL types, docs/controls.md and the
 * Studio's controls are made from this table.
 */
import { LAYER_NAMES, MIN_SIDE } from '../network/topology.js';

/** A feature layer of the objective and its weight w_l within its term. */
export interface LayerWeight {
  /** Conventional name, such as `relu4_2`. */
  readonly layer: string;
  /** Above 0, at most `MAX_LAYER_WEIGHT`. */
  readonly weight: number;
}

export const MAX_LAYER_WEIGHT = 1e6;

/** Maximum of an image's long side in a run, pixels. Reached by panoramas if `sizeOf` is SHORT_SIDE. */
export const MAX_SIDE = 4096;

type FieldType =
  | { readonly type: 'STRING'; readonly default: string }
  | { readonly type: 'BOOLEAN'; readonly default: boolean }
  /** `min` and `max` are allowed values. */
  | { readonly type: 'INT' | 'FLOAT'; readonly min: number; readonly max: number; readonly default: number }
  | {
      readonly type: 'ENUM';
      /** Name in the GraphQL schema. */
      readonly name: string;
      /** Description by value. */
      readonly values: Readonly<Record<string, string>>;
      readonly default: string;
    }
  | { readonly type: 'LAYERS'; readonly default: readonly LayerWeight[] };

export type RecipeField = FieldType & {
  /** Heading in the Studio. */
  readonly group: string;
  readonly description: string;
  /** The field is null unless another field has this value; `default` applies if it has. */
  readonly onlyWith?: { readonly field: string; readonly value: string };
};

const equal = (...layers: string[]): LayerWeight[] => layers.map((layer) => ({ layer, weight: 1 }));

export const RECIPE_FIELDS = {
  size: {
    group: 'Size',
    type: 'INT',
    min: 32,
    max: 2048,
    default: 384,
    description: `Length in pixels of the side that \`sizeOf\` names, for the content and the styles. Very long images keep their aspect ratio: sides stay between ${MIN_SIDE} and ${MAX_SIDE} pixels.`,
  },
  sizeOf: {
    group: 'Size',
    type: 'ENUM',
    name: 'SizeOf',
    values: { LONG_SIDE: 'The longer side.', SHORT_SIDE: 'The shorter side.' },
    default: 'LONG_SIDE',
    description: 'The side of an image that `size` sets; the other side follows from the aspect ratio.',
  },
  steps: {
    group: 'Size',
    type: 'INT',
    min: 1,
    max: 10_000,
    default: 200,
    description: 'Number of optimiser steps, over all scales.',
  },
  contentWeight: {
    group: 'Weights',
    type: 'FLOAT',
    min: 0,
    max: 1e9,
    default: 1,
    description: 'Weight of the content term (alpha).',
  },
  styleWeight: {
    group: 'Weights',
    type: 'FLOAT',
    min: 1e-6,
    max: 1e12,
    default: 2e5,
    description: 'Weight of the style term (beta).',
  },
  totalVariationWeight: {
    group: 'Weights',
    type: 'FLOAT',
    min: 0,
    max: 1e9,
    default: 0,
    description: 'Weight of the total-variation term (gamma), which smooths the image; 0 disables the term.',
  },
  balanceStyleLayers: {
    group: 'Weights',
    type: 'BOOLEAN',
    default: false,
    description:
      'Rescale the weights of the style layers at the start of each scale, so that the gradients of all layers have the same norm.',
  },
  network: {
    group: 'Network',
    type: 'STRING',
    default: 'vgg19-half',
    description: 'Name of the network that extracts the features, as listed by `engine.networks`.',
  },
  allowFallback: {
    group: 'Network',
    type: 'BOOLEAN',
    default: false,
    description: 'Use `vgg19-half` if `vgg19` is not installed. `Session.network.isFallback` reports it.',
  },
  pooling: {
    group: 'Network',
    type: 'ENUM',
    name: 'Pooling',
    values: {
      MAX: 'The maximum of four values, as in training.',
      AVERAGE: 'The mean of four values; gives smoother images.',
    },
    default: 'MAX',
    description: 'How the network halves its feature maps.',
  },
  contentLayers: {
    group: 'Network',
    type: 'LAYERS',
    default: equal('relu4_2'),
    description: 'Layers whose features should match those of the content. Required if `contentWeight` is above 0.',
  },
  styleLayers: {
    group: 'Network',
    type: 'LAYERS',
    // With these weights, the losses of the five layers are about equal at the start.
    default: [
      { layer: 'relu1_1', weight: 0.1 },
      { layer: 'relu2_1', weight: 1 },
      { layer: 'relu3_1', weight: 1.5 },
      { layer: 'relu4_1', weight: 5 },
      { layer: 'relu5_1', weight: 1 },
    ],
    description: 'Layers whose feature correlations should match those of the styles; at least one.',
  },
  optimizer: {
    group: 'Optimiser',
    type: 'ENUM',
    name: 'Optimizer',
    values: {
      ADAM: 'Adam: a fixed learning rate, scaled per value by recent gradients.',
      LBFGS: 'L-BFGS: quasi-Newton steps with a line search; reaches a lower loss in the same number of steps.',
    },
    default: 'LBFGS',
    description: 'The algorithm that minimises the loss.',
  },
  learningRate: {
    group: 'Optimiser',
    type: 'FLOAT',
    min: 1e-6,
    max: 10,
    default: 0.05,
    onlyWith: { field: 'optimizer', value: 'ADAM' },
    description: 'Learning rate of Adam, in units of the normalised image.',
  },
  history: {
    group: 'Optimiser',
    type: 'INT',
    min: 1,
    max: 100,
    default: 10,
    onlyWith: { field: 'optimizer', value: 'LBFGS' },
    description: 'Number of past steps from which L-BFGS estimates curvature. Memory use grows with it.',
  },
  minImprovement: {
    group: 'Optimiser',
    type: 'FLOAT',
    min: 0,
    max: 0.5,
    default: 0,
    description:
      'End a scale early when ten steps lower the total loss by less than this fraction; 0 disables the early stop.',
  },
  averageDecay: {
    group: 'Optimiser',
    type: 'FLOAT',
    min: 0,
    max: 0.9999,
    default: 0,
    description:
      'Decay of the exponential average over the steps that previews and the result show; 0 disables averaging.',
  },
  minScale: {
    group: 'Coarse to fine',
    type: 'INT',
    min: 32,
    max: 2048,
    default: 128,
    description:
      'Length in pixels of the long side at the coarsest scale. The run has one scale if this is not below the image’s long side.',
  },
  scaleRatio: {
    group: 'Coarse to fine',
    type: 'FLOAT',
    min: 1.1,
    max: 4,
    default: 1.414,
    description: 'Ratio of a scale’s side to that of the next coarser scale.',
  },
  stepRatio: {
    group: 'Coarse to fine',
    type: 'FLOAT',
    min: 0.1,
    max: 4,
    default: 1,
    description: 'Ratio of a scale’s number of steps to that of the next coarser scale; 1 divides the steps equally.',
  },
  initialImage: {
    group: 'Start',
    type: 'ENUM',
    name: 'InitialImage',
    values: {
      CONTENT: 'The content image.',
      NOISE: 'Noise, generated from the seed.',
      STYLE: 'Noise, generated from the seed, with the mean and covariance of the styles’ colours.',
      BLEND: 'A mix of noise, generated from the seed, and the content image; `noiseRatio` is the fraction of noise.',
      IMAGE: 'The image that `CreateSessionInput.initialImageId` names.',
    },
    default: 'CONTENT',
    description: 'The image from which the optimisation starts.',
  },
  noiseRatio: {
    group: 'Start',
    type: 'FLOAT',
    min: 0,
    max: 1,
    default: 0.5,
    onlyWith: { field: 'initialImage', value: 'BLEND' },
    description: 'Fraction of noise in the initial image; the rest is content.',
  },
  seed: {
    group: 'Start',
    type: 'INT',
    min: 0,
    max: 2 ** 31 - 1,
    default: 0,
    description: 'Seed of the noise for NOISE, STYLE and BLEND.',
  },
  colors: {
    group: 'Colours',
    type: 'ENUM',
    name: 'Colors',
    values: {
      STYLE: 'The colours of the styles.',
      LUMINANCE_TRANSFER:
        'The colours of the content, pixel by pixel: previews and the result take only their luma (Rec. 709) from the run.',
      COLOR_MATCHING:
        'The palette of the content: before the run, each style gets the mean and covariance of the content’s colours.',
    },
    default: 'STYLE',
    description: 'Which colours the result has.',
  },
} as const satisfies Readonly<Record<string, RecipeField>>;

/** The fields in the table's order. */
export const RECIPE_FIELD_ENTRIES = Object.entries(RECIPE_FIELDS) as [keyof typeof RECIPE_FIELDS, RecipeField][];

/** A field's description with its range and the condition under which it applies, for the schema. */
export function describeField({ description, onlyWith, ...field }: RecipeField): string {
  const parts = [description];
  if ('min' in field) parts.push(`Range: ${formatNumber(field.min)} to ${formatNumber(field.max)}.`);
  if (field.type === 'LAYERS') parts.push(`Layers: ${LAYER_NAMES[0]!} to ${LAYER_NAMES.at(-1)!}.`);
  if (onlyWith) parts.push(`Null unless \`${onlyWith.field}\` is ${onlyWith.value}.`);
  return parts.join(' ');
}

/** The shorter of decimal and exponential notation: 384, 1e-6, 2147483647, 2e5. */
export function formatNumber(value: number): string {
  const [plain, exponential] = [String(value), value.toExponential().replace('e+', 'e')];
  return plain.length <= exponential.length ? plain : exponential;
}
