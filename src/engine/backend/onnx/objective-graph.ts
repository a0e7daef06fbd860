/**
 * The graph of one evaluation: features, losses and the gradient at the image, in one static ONNX model.
 *
 * Inputs: `image` [1, 3, H, W]; for each content layer `content:<layer>` (P_l, [1, C, H, W]) and
 * `content-coefficient:<layer>`; for each style layer `style:<layer>` (A_l, [C, C]) and `style-coefficient:<layer>`. With
 * masked regions, each region k has `style:<layer>:<k>`, `style-coefficient:<layer>:<k>` and `mask:<layer>:<k>` (T_l,
 * [1, N]) instead. Targets, weights and masks are inputs, so one compiled graph serves all images and weights of a size.
 * Outputs: `gradient` [1, 3, H, W] and one sum of squares per term, `content-loss:<layer>`, `style-loss:<layer>[:<k>]`.
 */
import type { ProgramRequest } from '../backend.js';
import { deepestLayer, styleTerms } from '../layers.js';
import { addConvolution, addFeatureMatrix, addForward, addGram, type Stage } from './forward.js';
import { GraphBuilder } from './graph-builder.js';

export function buildObjective(request: ProgramRequest): Uint8Array {
  const { network, width, height, contentLayers, styleLayers, maskedRegions, pooling } = request;
  const graph = new GraphBuilder();
  const image = graph.input('image', [1, 3, height, width]);
  const stages = addForward(graph, request, image, deepestLayer(network, [...contentLayers, ...styleLayers]));

  // Deep to shallow: `gradient` is d total / d (output of the next shallower layer), [1, C, H, W].
  let gradient: string | undefined;
  for (const stage of stages.toReversed()) {
    const { name } = stage.layer;
    const hasTerm = contentLayers.includes(name) || styleLayers.includes(name);
    if (stage.pooled !== undefined && gradient !== undefined) {
      gradient = addUnpooling(graph, stage, stage.pooled, pooling, gradient);
    }
    if (contentLayers.includes(name)) gradient = addContentTerm(graph, stage, gradient);
    if (styleLayers.includes(name)) {
      const isMasked = maskedRegions !== undefined;
      for (const term of styleTerms(name, maskedRegions))
        gradient = addStyleTerm(graph, stage, term, isMasked, gradient);
    }
    // The deepest stage has a term, so `gradient` is defined. Unpooling a maximum has applied the ReLU mask already.
    const masked = stage.pooled !== undefined && pooling === 'MAX' && !hasTerm;
    const rectified = masked ? gradient! : graph.op('Mul', [gradient!, addReluMask(graph, stage.features)]);
    gradient = addConvolution(graph, rectified, flipped(stage), stage.layer.inChannels, stage.layer.outChannels);
  }
  graph.output('gradient', gradient!, [1, 3, height, width]);
  return graph.build();
}

/** content_l = mean (F - P)^2, d content_l / dF = 2 / (C N) (F - P). The coefficient is 2 alpha w_l / (C N). */
function addContentTerm(graph: GraphBuilder, stage: Stage, gradient: string | undefined): string {
  const { name, outChannels } = stage.layer;
  const target = graph.input(`content:${name}`, [1, outChannels, stage.height, stage.width]);
  const coefficient = graph.input(`content-coefficient:${name}`, []);
  const difference = graph.op('Sub', [stage.features, target]);
  graph.output(`content-loss:${name}`, graph.op('ReduceSumSquare', [difference], { keepdims: 0 }), []);
  const own = graph.op('Mul', [difference, coefficient]);
  return gradient === undefined ? own : graph.op('Add', [gradient, own]);
}

/**
 * style_l = mean (G - A)^2, d style_l / dF = 4 / (C^2 C N) (G - A) F. The coefficient is 4 beta w_l / (C^3 N). In a region,
 * T F replaces F: d style_l / dF = 4 / (C^2 C N) ((G - A) (T F)) T, and the coefficient is multiplied by lambda.
 */
function addStyleTerm(
  graph: GraphBuilder,
  stage: Stage,
  term: string,
  isMasked: boolean,
  gradient: string | undefined,
): string {
  const { outChannels } = stage.layer;
  const target = graph.input(`style:${term}`, [outChannels, outChannels]);
  const coefficient = graph.input(`style-coefficient:${term}`, []);
  const mask = isMasked && graph.input(`mask:${term}`, [1, stage.width * stage.height]);
  const masked = (value: string) => (mask ? graph.op('Mul', [value, mask]) : value);
  const matrix = masked(addFeatureMatrix(graph, stage));
  const difference = graph.op('Sub', [addGram(graph, stage, matrix), target]);
  graph.output(`style-loss:${term}`, graph.op('ReduceSumSquare', [difference], { keepdims: 0 }), []);
  const product = masked(graph.op('MatMul', [graph.op('Mul', [difference, coefficient]), matrix]));
  const own = graph.op('Reshape', [product, graph.integers([1, outChannels, stage.height, stage.width])]);
  return gradient === undefined ? own : graph.op('Add', [gradient, own]);
}

/**
 * The backward pass of a 2x2 pooling of stride 2. Maximum: the gradient goes to the positions of the maximum; ties occur
 * only at zero, where the ReLU mask, applied here at a quarter of the size, removes the gradient. Mean: a quarter goes to
 * each position. A last odd row or column gets zero.
 */
function addUnpooling(
  graph: GraphBuilder,
  { features, width, height }: Stage,
  pooled: string,
  pooling: ProgramRequest['pooling'],
  gradient: string,
): string {
  if (pooling === 'AVERAGE')
    return addUpsampling(graph, graph.op('Mul', [gradient, graph.scalar(0.25)]), width, height);
  const difference = graph.op('Sub', [features, addUpsampling(graph, pooled, width, height)]);
  const holdsMaximum = graph.op('HardSigmoid', [difference], { alpha: STEEP, beta: { float: 1 } });
  const rectified = graph.op('Mul', [gradient, addReluMask(graph, pooled)]);
  return graph.op('Mul', [addUpsampling(graph, rectified, width, height), holdsMaximum]);
}

/** 1 if a rectified value is above 0, else 0. */
function addReluMask(graph: GraphBuilder, rectified: string): string {
  return graph.op('HardSigmoid', [rectified], { alpha: STEEP, beta: { float: 0 } });
}

/**
 * With this slope, HardSigmoid, max(0, min(1, alpha x + beta)), is a step function. It runs on all threads; Sign, Greater,
 * Equal and Where run on one thread and took a quarter of a step's time.
 */
const STEEP = { float: 1e30 };

function addUpsampling(graph: GraphBuilder, value: string, width: number, height: number): string {
  const scales = graph.constant(Float32Array.of(1, 1, 2, 2), [4]);
  const doubled = graph.op('Resize', [value, '', scales], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
  if (width % 2 === 0 && height % 2 === 0) return doubled;
  return graph.op('Pad', [doubled, graph.integers([0, 0, 0, 0, 0, 0, height % 2, width % 2])]);
}

/** The kernel of the transposed convolution, IOHW: flipped in space, in and out channels swapped. */
function flipped({ layer: { inChannels, outChannels }, weight }: Stage): Float32Array {
  const result = new Float32Array(weight.length);
  for (let o = 0; o < outChannels; o++) {
    for (let i = 0; i < inChannels; i++) {
      const from = (o * inChannels + i) * 9;
      const to = (i * outChannels + o) * 9;
      for (let k = 0; k < 9; k++) result[to + k] = weight[from + 8 - k]!;
    }
  }
  return result;
}
