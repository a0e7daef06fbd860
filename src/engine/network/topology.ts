/**
 * The structure of a VGG: blocks of 3x3 convolutions (stride 1, zero padding 1), each followed by ReLU, with 2x2 pooling
 * between blocks (Simonyan & Zisserman, arXiv 1409.1556). It follows from torchvision's tensor names: the indices of
 * consecutive convolutions differ by two within a block (conv, relu) and by three across a pooling (conv, relu, pool).
 */
import { EngineError } from '../errors.js';

/** One convolution and its ReLU. */
export interface ConvLayer {
  /** Conventional name of the rectified output: `relu4_2`. */
  readonly name: string;
  /** Block, from 1. */
  readonly block: number;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Kernel, OIHW, outChannels * inChannels * 9 values. */
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** A network without its weights, for cost estimates. A `Network` is one. */
export interface NetworkShape {
  /** Shallow to deep. */
  readonly layers: readonly Omit<ConvLayer, 'weight' | 'bias'>[];
}

/** A convolution of a file, before its tensors are read. */
export interface PlannedLayer {
  readonly name: string;
  readonly block: number;
  /** torchvision's index: the tensors are `features.<index>.weight` and `.bias`. */
  readonly index: number;
}

/** Number of convolutions and channels of each block of VGG19. */
const VGG19_BLOCKS = [
  { convolutions: 2, channels: 64 },
  { convolutions: 2, channels: 128 },
  { convolutions: 4, channels: 256 },
  { convolutions: 4, channels: 512 },
  { convolutions: 4, channels: 512 },
] as const;

/** Minimum side of an image, pixels: after four poolings, one pixel is left. */
export const MIN_SIDE = 16;

/** Every layer name of VGG19, shallow to deep: relu1_1 .. relu5_4. */
export const LAYER_NAMES: readonly string[] = VGG19_BLOCKS.flatMap(({ convolutions }, block) =>
  Array.from({ length: convolutions }, (_, i) => `relu${block + 1}_${i + 1}`),
);

/** The block, from 1, of the layer with this name. */
export const blockOf = (layer: string): number => Number(layer.charAt(4));

/** Number of channels of VGG19's layer with this name. */
export function vgg19Channels(layer: string): number {
  const block = VGG19_BLOCKS[blockOf(layer) - 1];
  if (!block) throw new RangeError(`not a VGG layer: ${layer}`);
  return block.channels;
}

/** The shape of VGG19, for estimates before its file is installed. */
export const VGG19_SHAPE: NetworkShape = {
  layers: LAYER_NAMES.map((name, i) => ({
    name,
    block: Number(name.charAt(4)),
    inChannels: i === 0 ? 3 : vgg19Channels(LAYER_NAMES[i - 1]!),
    outChannels: vgg19Channels(name),
  })),
};

/** Derives the layers of a file from its tensor names. Throws `NETWORK_INVALID` if they are not those of a VGG. */
export function planLayers(tensorNames: Iterable<string>): PlannedLayer[] {
  const indices = [...tensorNames]
    .map((name) => /^features\.(\d+)\.weight$/.exec(name)?.[1])
    .filter((index) => index !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  if (indices[0] !== 0)
    throw new EngineError(
      'NETWORK_INVALID',
      'The file has no tensor features.0.weight: it is not a VGG with torchvision names.',
    );
  let block = 1;
  let inBlock = 0;
  return indices.map((index, i) => {
    const gap = i === 0 ? 2 : index - indices[i - 1]!;
    if (gap !== 2 && gap !== 3) {
      throw new EngineError(
        'NETWORK_INVALID',
        `features.${index} is ${gap} after the previous convolution; in a VGG, the difference is 2 or 3`,
      );
    }
    if (gap === 3) {
      block += 1;
      inBlock = 0;
    }
    inBlock += 1;
    return { name: `relu${block}_${inBlock}`, block, index };
  });
}
