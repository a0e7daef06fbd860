/**
 * Rescales a network so that the mean activation of every layer is 1. That changes nothing else: ReLU and max pooling are
 * homogeneous (f(ax) = a f(x) for a > 0), so a layer divided by its mean m_l is exactly F_l / m_l when the layer after it
 * multiplies that back. It makes loss weights mean the same in every network.
 */
import type { Backend } from '../backend/backend.js';
import { EngineError } from '../errors.js';
import { normalize } from '../image/normalize.js';
import type { Network } from '../network/network.js';
import type { ConvLayer } from '../network/topology.js';
import type { RgbImage } from '../../core/pixels.js';

/** What a rescaled network's file says of itself under `normalisation`. */
export const NORMALISATION = 'mean activation 1 in every ReLU layer (over the sample pictures, long side 256)';

/** Long side of the pictures that activations are measured on, pixels. */
export const MEASURING_SIDE = 256;

/** Whether a file's metadata says that its mean activations are 1. */
export function isNormalised({ normalisation, activations }: Readonly<Record<string, string>>): boolean {
  // `activations` is where files made before this program have it.
  return /\bmean\b.*(?<![\d.])1(?:\.0+)?(?!\d|\.\d)/.test(normalisation ?? activations ?? '');
}

/**
 * The mean activation of each layer over all pictures' positions and all channels.
 *
 * Rounded to three digits, far above what threads and processors make of a sum, so that every machine measures the same
 * and writes the same file.
 * @throws EngineError `NETWORK_INVALID` where a layer never becomes active, or is not finite
 */
export async function measureMeans(
  network: Network,
  backend: Backend,
  pictures: readonly RgbImage[],
): Promise<ReadonlyMap<string, number>> {
  const features = network.layers.map(({ name }) => name);
  const sums = new Map(features.map((name) => [name, { sum: 0, count: 0 }]));
  for (const picture of pictures) {
    const captured = await backend.capture({ network, pooling: 'MAX', image: normalize(picture), features, grams: [] });
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
    throw new EngineError('NETWORK_INVALID', `the mean activation of ${layer} is ${mean} on the sample pictures`);
  }
  return Number(mean.toPrecision(3));
}

/** The layers with each output divided by its mean: kernel times m_(l-1) / m_l, bias over m_l. */
export function rescale(layers: readonly ConvLayer[], means: ReadonlyMap<string, number>): ConvLayer[] {
  let inputMean = 1;
  return layers.map((layer) => {
    const mean = means.get(layer.name)!;
    const factor = inputMean / mean;
    inputMean = mean;
    return { ...layer, weight: layer.weight.map((v) => v * factor), bias: layer.bias.map((v) => v / mean) };
  });
}
