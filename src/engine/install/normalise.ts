/**
 * Rescales a network so that the mean activation of every layer is 1, which makes loss weights comparable between networks.
 * ReLU and max pooling are homogeneous (f(ax) = a f(x) for a > 0), so layer l yields exactly F_l / m_l if its output is
 * divided by its mean m_l and the next layer's kernel is multiplied by m_l.
 */
import type { Backend } from '../backend/backend.js';
import { EngineError } from '../errors.js';
import { normalize } from '../image/normalize.js';
import type { Network } from '../network/network.js';
import type { ConvLayer } from '../network/topology.js';
import type { RgbImage } from '../../core/pixels.js';

/** Value of `normalisation` in the metadata of a rescaled network. */
export const NORMALISATION = 'mean activation 1 in every ReLU layer (over the sample pictures, long side 256)';

/** Long side of the images on which activations are measured, pixels. */
export const MEASURING_SIDE = 256;

/** Whether the metadata state that mean activations are 1. */
export function isNormalised({ normalisation, activations }: Readonly<Record<string, string>>): boolean {
  // Older files use the key `activations`.
  return /\bmean\b.*(?<![\d.])1(?:\.0+)?(?!\d|\.\d)/.test(normalisation ?? activations ?? '');
}

/**
 * The mean activation of each layer over all positions of all images and all channels. Rounded to three digits, which
 * hides differences between machines, so that every machine writes the same file.
 * @throws EngineError `NETWORK_INVALID` if a layer's mean is 0 or not finite
 */
export async function measureMeans(
  network: Network,
  backend: Backend,
  images: readonly RgbImage[],
): Promise<ReadonlyMap<string, number>> {
  const features = network.layers.map(({ name }) => name);
  const sums = new Map(features.map((name) => [name, { sum: 0, count: 0 }]));
  for (const image of images) {
    const captured = await backend.capture({ network, pooling: 'MAX', image: normalize(image), features, grams: [] });
    for (const [name, values] of captured.features) {
      const total = sums.get(name)!;
      for (const value of values) total.sum += value;
      total.count += values.length;
    }
  }
  return new Map([...sums].map(([name, { sum, count }]) => [name, roundMean(name, sum / count)]));
}

function roundMean(layer: string, mean: number): number {
  if (!(mean > 0 && mean < Infinity)) {
    throw new EngineError('NETWORK_INVALID', `the mean activation of ${layer} is ${mean} on the sample images`);
  }
  return Number(mean.toPrecision(3));
}

/** Divides each layer's output by its mean m_l: kernel times m_(l-1) / m_l, bias over m_l. */
export function rescale(layers: readonly ConvLayer[], means: ReadonlyMap<string, number>): ConvLayer[] {
  let inputMean = 1;
  return layers.map((layer) => {
    const mean = means.get(layer.name)!;
    const factor = inputMean / mean;
    inputMean = mean;
    return { ...layer, weight: layer.weight.map((v) => v * factor), bias: layer.bias.map((v) => v / mean) };
  });
}
