import { deepestLayer } from '../backend/layers.js';
import type { NetworkShape } from '../network/topology.js';
import type { LayerWeight } from '../recipe/recipe.js';

/** The part of the network that a graph for these layers has: down to the deepest of them. */
export function usedLayers(network: NetworkShape, layers: readonly LayerWeight[]): NetworkShape['layers'] {
  const names = layers.map(({ layer }) => layer);
  return network.layers.slice(0, 1 + deepestLayer(network, names));
}

/** Bytes of the kernels, float32. */
export function weightBytes(layers: NetworkShape['layers']): number {
  return layers.reduce((sum, { inChannels, outChannels }) => sum + 36 * inChannels * outChannels, 0);
}
