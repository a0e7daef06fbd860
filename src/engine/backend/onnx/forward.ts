/** The forward pass of the network as ONNX nodes, and the graph that captures targets. */
import type { Network } from '../../network/network.js';
import type { ConvLayer } from '../../network/topology.js';
import type { Pooling } from '../../recipe/recipe.js';
import type { CaptureRequest } from '../backend.js';
import { deepestLayer, kernelOf, startsBlock } from '../layers.js';
import { GraphBuilder } from './graph-builder.js';

/** One layer in a graph. */
export interface Stage {
  readonly layer: ConvLayer;
  readonly width: number;
  readonly height: number;
  /** Kernel, OIHW, with the gain of average pooling folded in. */
  readonly weight: Float32Array;
  /** Value name of the rectified output [1, C, H, W]. */
  readonly features: string;
  /** Value name of the pooled output, if a pooling follows and a deeper layer is computed. */
  pooled?: string;
}

const KERNEL = { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1] } as const;

/** Adds the layers up to index `deepest`. Returns them from shallow to deep. */
export function addForward(
  graph: GraphBuilder,
  { network, pooling, width, height }: { network: Network; pooling: Pooling; width: number; height: number },
  image: string,
  deepest: number,
): Stage[] {
  const stages: Stage[] = [];
  let value = image;
  for (const layer of network.layers.slice(0, deepest + 1)) {
    const previous = stages.at(-1);
    if (previous && startsBlock(layer, previous.layer)) {
      value = previous.pooled = graph.op(pooling === 'MAX' ? 'MaxPool' : 'AveragePool', [value], POOL);
      width = Math.floor(width / 2);
      height = Math.floor(height / 2);
    }
    const weight = kernelOf(layer, previous?.layer, pooling);
    value = addConvolution(graph, value, weight, layer.outChannels, layer.inChannels, layer.bias);
    value = graph.op('Relu', [value]);
    stages.push({ layer, width, height, weight, features: value });
  }
  return stages;
}

const POOL = { kernel_shape: [2, 2], strides: [2, 2] } as const;

/** A 3x3 convolution, stride 1, zero padding 1. */
export function addConvolution(
  graph: GraphBuilder,
  input: string,
  weight: Float32Array,
  outChannels: number,
  inChannels: number,
  bias?: Float32Array,
): string {
  const inputs = [input, graph.constant(weight, [outChannels, inChannels, 3, 3])];
  if (bias) inputs.push(graph.constant(bias, [outChannels]));
  return graph.op('Conv', inputs, KERNEL);
}

/** F_l as the matrix [C_l, N_l]. */
export function addFeatureMatrix(graph: GraphBuilder, { layer, width, height, features }: Stage): string {
  return graph.op('Reshape', [features, graph.integers([layer.outChannels, width * height])]);
}

/** G_l = F_l F_l^T / (C_l N_l) of a feature matrix. */
export function addGram(graph: GraphBuilder, { layer, width, height }: Stage, matrix: string): string {
  return graph.op('Gemm', [matrix, matrix], { transB: 1, alpha: { float: 1 / (layer.outChannels * width * height) } });
}

/**
 * The graph that captures features and Gram matrices, without gradient. Input: `image` [1, 3, H, W]. Outputs:
 * `features:<layer>` [C, N] and `gram:<layer>` [C, C].
 */
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
