/** What every backend has to know of a network's layers. */
import type { ConvLayer, NetworkShape } from '../network/topology.js';
import type { Pooling } from '../recipe/recipe.js';

/** Size of a layer's output. */
export interface LayerSize {
  readonly channels: number;
  readonly width: number;
  readonly height: number;
}

/** Size of every layer's output by name: halved, rounded down, at each pooling. */
export function layerSizes(network: NetworkShape, width: number, height: number): ReadonlyMap<string, LayerSize> {
  const size = ({ block, outChannels }: NetworkShape['layers'][number]) => ({
    channels: outChannels,
    width: width >> (block - 1),
    height: height >> (block - 1),
  });
  return new Map(network.layers.map((layer) => [layer.name, size(layer)]));
}

/** Index of the deepest of the named layers; the rest of the network is left out. */
export function deepestLayer(network: NetworkShape, names: readonly string[]): number {
  return Math.max(...names.map((name) => network.layers.findIndex((layer) => layer.name === name)));
}

/** Whether a pooling stands before the layer. */
export function startsBlock(layer: ConvLayer, previous: ConvLayer | undefined): boolean {
  return previous !== undefined && layer.block !== previous.block;
}

/**
 * Mean pooling lowers what max pooling lets through; multiplying by this keeps the features' root mean square within a
 * third of what it was (measured on photos and paintings, VGG19 and the half network), and so the meaning of the
 * weights, about where they are. Folded into the next kernel, so it costs nothing.
 */
const AVERAGE_POOLING_GAIN = 1.4;

/** The layer's kernel as used, OIHW: with average pooling the rescaling is folded in. */
export function kernelOf(layer: ConvLayer, previous: ConvLayer | undefined, pooling: Pooling): Float32Array {
  if (pooling === 'MAX' || !startsBlock(layer, previous)) return layer.weight;
  return layer.weight.map((w) => w * AVERAGE_POOLING_GAIN);
}

/** Names of a style layer's terms, one a region: `relu1_1` where the whole picture is one, else `relu1_1:0`, `relu1_1:1`. */
export function styleTerms(layer: string, maskedRegions: number | undefined): string[] {
  if (maskedRegions === undefined) return [layer];
  return Array.from({ length: maskedRegions }, (_, k) => `${layer}:${k}`);
}
