import { registerEnumType } from 'type-graphql';
import type { Colors, InitialImage, OptimizerName, Pooling, SizeOf } from '../../engine/recipe/recipe.js';

export const SizeOfEnum = { LONG_SIDE: 'LONG_SIDE', SHORT_SIDE: 'SHORT_SIDE' } satisfies { [K in SizeOf]: K };
registerEnumType(SizeOfEnum, {
  name: 'SizeOf',
  description: 'Which side of the picture the size speaks of; the other follows the aspect ratio.',
  valuesConfig: {
    LONG_SIDE: { description: 'The longer side.' },
    SHORT_SIDE: { description: 'The shorter side.' },
  },
});

export const PoolingEnum = { MAX: 'MAX', AVERAGE: 'AVERAGE' } satisfies { [K in Pooling]: K };
registerEnumType(PoolingEnum, {
  name: 'Pooling',
  description: 'How the network halves its feature maps.',
  valuesConfig: {
    MAX: { description: 'The largest of four values, as the network was trained.' },
    AVERAGE: { description: 'The mean of four values: smoother.' },
  },
});

export const OptimizerEnum = { ADAM: 'ADAM', LBFGS: 'LBFGS' } satisfies { [K in OptimizerName]: K };
registerEnumType(OptimizerEnum, {
  name: 'Optimizer',
  description: 'How the picture is changed to lower the loss.',
  valuesConfig: {
    ADAM: { description: 'Steps of a fixed learning rate, scaled for each value by its recent gradients.' },
    LBFGS: { description: 'Quasi-Newton steps with a line search: a lower loss in as many steps.' },
  },
});

export const InitialImageEnum = {
  CONTENT: 'CONTENT',
  NOISE: 'NOISE',
  STYLE: 'STYLE',
  BLEND: 'BLEND',
  IMAGE: 'IMAGE',
} satisfies { [K in InitialImage]: K };
registerEnumType(InitialImageEnum, {
  name: 'InitialImage',
  description: 'What the optimisation starts from.',
  valuesConfig: {
    CONTENT: { description: 'The content picture.' },
    NOISE: { description: 'Noise, made from the seed.' },
    STYLE: { description: 'Noise, made from the seed, with the styles’ mean and covariance of colour.' },
    BLEND: { description: '`noiseRatio` of noise, made from the seed; the rest is the content picture.' },
    IMAGE: { description: 'Another picture: `CreateSessionInput.initialImageId`.' },
  },
});

export const ColorsEnum = {
  STYLE: 'STYLE',
  LUMINANCE_TRANSFER: 'LUMINANCE_TRANSFER',
  COLOR_MATCHING: 'COLOR_MATCHING',
} satisfies { [K in Colors]: K };
registerEnumType(ColorsEnum, {
  name: 'Colors',
  description: 'Whose colours the picture has.',
  valuesConfig: {
    STYLE: { description: 'The styles’.' },
    LUMINANCE_TRANSFER: {
      description: 'The content’s to the pixel: only the brightness (Rec. 709 luma) is painted. In previews, too.',
    },
    COLOR_MATCHING: {
      description: 'The content’s palette: each style takes on its mean and covariance of colour before the run.',
    },
  },
});
