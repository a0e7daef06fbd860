/** The graph that captures targets: features and Gram matrices of a picture, no gradient. */
import type { CaptureRequest } from '../backend.js';
import { deepestLayer } from '../layers.js';
import { addFeatureMatrix, addForward, addGram } from './forward.js';
import { GraphBuilder } from './graph-builder.js';

/** Input `image` [1, 3, H, W]; outputs `features:<layer>` [C, N] and `gram:<layer>` [C, C]. */
export function buildCapture({ network, pooling, image, features, grams }: CaptureRequest): Uint8Array {
  const { width, height } = image;
  const graph = new GraphBuilder();
  const input = graph.input('image', [1, 3, height, width]);
  const deepest = deepestLayer(network, [...features, ...grams]);
  for (const stage of addForward(graph, { network, pooling, width, height }, input, deepest)) {
    const { name, outChannels } = stage.layer;
    if (!features.includes(name) && !grams.includes(name)) continue;
    const matrix = addFeatureMatrix(graph, stage);
    if (features.includes(name)) graph.output(`features:${name}`, matrix, [outChannels, stage.width * stage.height]);
    if (grams.includes(name)) graph.output(`gram:${name}`, addGram(graph, stage, matrix), [outChannels, outChannels]);
  }
  return graph.build();
}
