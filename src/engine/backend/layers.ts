/** Properties of a network's layers that all backends need. */
import type { ConvLayer, NetworkShape } from '../network/topology.js';
import type { Pooling } from '../recipe/recipe.js';

/** Shape of a layer's output. */
export interface LayerSize {
  readonly channels: number;
  readonly width: number;
  readonly height: number;
}

/** The output shapes of all layers, by name. Each pooling halves the sides, rounded down. */
export function layerSizes(network: NetworkShape, width: number, height: number): ReadonlyMap<string, LayerSize> {
  const size = ({ block, outChannels }: NetworkShape['layers'][number]) => ({
    channels: outChannels,
    width: width >> (block - 1),
    height: height >> (block - 1),
  });
  return new Map(network.layers.map((layer) => [layer.name, size(layer)]));
}

/** Index of the deepest of the named layers; deeper layers are not computed. */
export function deepestLayer(network: NetworkShape, names: readonly string[]): number {
  return Math.max(...names.map((name) => network.layers.findIndex((layer) => layer.name === name)));
}

/** Whether the layer follows a pooling. */
export function startsBlock(layer: ConvLayer, previous: ConvLayer | undefined): boolean {
  return previous !== undefined && layer.block !== previous.block;
}

/**
 * Gain after average pooling, which gives smaller values than max pooling. It keeps the root mean square of the features
 * within a third of that with max pooling (measured on photos and paintings with VGG19 and the half network), so that
 * weights keep their effect. Folded into the next kernel, so it costs nothing.
 */
const AVERAGE_POOLING_GAIN = 1.4;

/** The layer's kernel, OIHW, with the gain of average pooling folded in. */
export function kernelOf(layer: ConvLayer, previous: ConvLayer | undefined, pooling: Pooling): Float32Array {
  if (pooling === 'MAX' || !startsBlock(layer, previous)) return layer.weight;
  return layer.weight.map((w) => w * AVERAGE_POOLING_GAIN);
}

/** Names of a style layer's terms, one per region: `relu1_1` without masks, `relu1_1:0`, `relu1_1:1`, ... with masks. */
export function styleTerms(layer: string, maskedRegions: number | undefined): string[] {
  if (maskedRegions === undefined) return [layer];
  return Array.from({ length: maskedRegions }, (_, k) => `${layer}:${k}`);
}
