/** Counts the work of a run, in units whose costs are measured on each machine (unit-costs.ts). */
import { deepestLayer, layerSizes } from '../backend/layers.js';
import type { LayerWeight, Recipe } from '../recipe/recipe.js';
import type { NetworkShape } from '../network/topology.js';
import { plannedScales, type RunPlan } from './run-plan.js';
import type { Size } from '../types/run.js';

/** An amount of each kind of work. */
export interface Work {
  /** Runs of a graph, of any size. */
  readonly graphRuns: number;
  /** Multiply-adds of convolutions and Gram matrices, forward and backward. */
  readonly multiplyAdds: number;
  /** Bytes of the feature maps, forward and backward. */
  readonly featureBytes: number;
  /** Graphs built and loaded. */
  readonly graphs: number;
  /** Bytes of the weights in these graphs. */
  readonly graphBytes: number;
  /** Array elements processed in JavaScript: images, optimisers, averages. */
  readonly elements: number;
}

export const NO_WORK: Work = {
  graphRuns: 0,
  multiplyAdds: 0,
  featureBytes: 0,
  graphs: 0,
  graphBytes: 0,
  elements: 0,
};

type Layers = Pick<Recipe, 'contentLayers' | 'styleLayers'>;

export const addWork = (...parts: readonly Work[]): Work =>
  combine((kind) => parts.reduce((sum, part) => sum + part[kind], 0));

export const times = (work: Work, factor: number): Work => combine((kind) => factor * work[kind]);

const combine = (amount: (kind: keyof Work) => number) =>
  Object.fromEntries(Object.keys(NO_WORK).map((kind) => [kind, amount(kind as keyof Work)])) as unknown as Work;

/** One evaluation of losses and gradient at an image of this size. Each masked region has its own Gram matrices. */
export function evaluationWork(
  network: NetworkShape,
  { contentLayers, styleLayers }: Layers,
  size: Size,
  maskedRegions = 0,
): Work {
  const regions = Math.max(1, maskedRegions);
  const forward = forwardWork(network, [...contentLayers, ...styleLayers], size);
  return {
    ...NO_WORK,
    graphRuns: 1,
    // The backward pass of a convolution is one convolution of the same size, and that of F F^T is G F, of the same size.
    multiplyAdds: 2 * (forward.multiplyAdds + regions * gramMultiplyAdds(network, styleLayers, size)),
    featureBytes: forward.featureBytes,
    elements: EVALUATION_PASSES * valuesOf(size),
  };
}

/** Capture of the targets and compilation of the objective, at one scale. */
export function setupWork(
  network: NetworkShape,
  { contentLayers, styleLayers }: Layers,
  size: Size,
  styles: readonly Size[],
): Work {
  const captured = [
    ...styles.map((style) => captureWork(network, styleLayers, style, gramMultiplyAdds(network, styleLayers, style))),
    ...(contentLayers.length > 0 ? [captureWork(network, contentLayers, size)] : []),
  ];
  // The objective's graph has every kernel twice, for the forward and the backward pass.
  const objective = { graphs: 1, graphBytes: 2 * weightBytes(usedLayers(network, [...contentLayers, ...styleLayers])) };
  return addWork(...captured, { ...NO_WORK, ...objective });
}

/** The optimiser's work in one step with `pairs` L-BFGS pairs, and the update of the average. */
export function stepWork({ optimizer }: Pick<Recipe, 'optimizer'>, size: Size, pairs: number): Work {
  const passes = optimizer === 'ADAM' ? ADAM_PASSES : LBFGS_PASSES + PASSES_PER_PAIR * pairs;
  return { ...NO_WORK, elements: passes * valuesOf(size) };
}

export interface RunWork {
  readonly work: Work;
  /** Evaluations of the objective; fewer if the run converges or stops early. */
  readonly evaluations: number;
}

export function countWork(plan: RunPlan): RunWork {
  const { network, recipe, content, styles, maskedRegions } = plan;
  let evaluations = 0;
  // Reading and checking the network takes about as long as building one graph of it.
  const parts: Work[] = [{ ...NO_WORK, graphBytes: weightBytes(network.layers) }];
  for (const image of [content, ...styles]) {
    parts.push({ ...NO_WORK, elements: PREPARATION_PASSES * valuesOf(image) });
  }
  for (const scale of plannedScales(plan)) {
    const balancing = recipe.balanceStyleLayers ? recipe.styleLayers.length : 0;
    // L-BFGS evaluates each scale's start before its first step.
    const own = scale.steps + (recipe.optimizer === 'LBFGS' ? 1 : 0);
    evaluations += own;
    parts.push(
      setupWork(network, recipe, scale, scale.styles),
      times(evaluationWork(network, recipe, scale, maskedRegions), own + balancing),
    );
    const history = recipe.history ?? 0;
    for (let step = 0; step < Math.min(history, scale.steps); step++) parts.push(stepWork(recipe, scale, step));
    parts.push(times(stepWork(recipe, scale, history), Math.max(0, scale.steps - history)));
  }
  return { work: addWork(...parts), evaluations };
}

/** Array passes per evaluation: total variation and the finiteness check. */
const EVALUATION_PASSES = 4;
/** Array passes per Adam step: moments, update and average. */
const ADAM_PASSES = 10;
/** Array passes per L-BFGS step: copies, the new pair and the average. */
const LBFGS_PASSES = 14;
/** Array passes per L-BFGS pair and step: two dot products and two sums. */
const PASSES_PER_PAIR = 4;
/** Array passes per input image: bytes to floats, and cubic resampling with at least four taps in both directions. */
const PREPARATION_PASSES = 20;

/** Number of values of an RGB image. */
export const valuesOf = ({ width, height }: Size): number => 3 * width * height;

function captureWork(network: NetworkShape, layers: readonly LayerWeight[], size: Size, gramMultiplyAdds = 0): Work {
  const { multiplyAdds, featureBytes } = forwardWork(network, layers, size);
  return {
    ...NO_WORK,
    graphRuns: 1,
    multiplyAdds: multiplyAdds + gramMultiplyAdds,
    featureBytes: FORWARD_SHARE * featureBytes,
    graphs: 1,
    graphBytes: weightBytes(usedLayers(network, layers)),
  };
}

/** Share of the passes over feature maps in a forward pass: maps are written and read; the backward pass also masks, pools and sums. */
const FORWARD_SHARE = 0.25;

/** Per position: 9 C_in C_out multiply-adds and 4 C_out bytes. */
function forwardWork(network: NetworkShape, layers: readonly LayerWeight[], size: Size) {
  const sizes = layerSizes(network, size.width, size.height);
  let multiplyAdds = 0;
  let featureBytes = 0;
  for (const { name, inChannels, outChannels } of usedLayers(network, layers)) {
    const { width, height } = sizes.get(name)!;
    multiplyAdds += 9 * inChannels * outChannels * width * height;
    featureBytes += 4 * outChannels * width * height;
  }
  return { multiplyAdds, featureBytes };
}

/** F F^T takes C^2 N multiply-adds per layer. */
function gramMultiplyAdds(network: NetworkShape, styleLayers: readonly LayerWeight[], size: Size): number {
  const sizes = layerSizes(network, size.width, size.height);
  return styleLayers.reduce((sum, { layer }) => {
    const { channels, width, height } = sizes.get(layer)!;
    return sum + channels ** 2 * width * height;
  }, 0);
}

/** The part of the network that a graph for these layers contains: down to the deepest of them. */
export function usedLayers(network: NetworkShape, layers: readonly LayerWeight[]): NetworkShape['layers'] {
  const names = layers.map(({ layer }) => layer);
  return network.layers.slice(0, 1 + deepestLayer(network, names));
}

/** Bytes of the kernels, float32. */
export function weightBytes(layers: NetworkShape['layers']): number {
  return layers.reduce((sum, { inChannels, outChannels }) => sum + 36 * inChannels * outChannels, 0);
}
