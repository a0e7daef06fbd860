/** Counts what a run has the machine do. What each unit costs is measured on the machine (speed.ts). */
import { layerSizes } from '../backend/layers.js';
import type { LayerWeight, Recipe } from '../recipe/recipe.js';
import type { NetworkShape } from '../network/topology.js';
import { plannedScales, type RunPlan } from './run-plan.js';
import type { Size } from '../types/run.js';
import { usedLayers, weightBytes } from './used-layers.js';

/** Amounts of each kind of work. */
export interface Work {
  /** Graphs run, whatever their size. */
  readonly graphRuns: number;
  /** Of convolutions and Gram matrices, forwards and backwards. */
  readonly multiplyAdds: number;
  /** Bytes of the feature maps that are passed forwards and backwards. */
  readonly featureBytes: number;
  /** Graphs built and loaded. */
  readonly graphs: number;
  /** Bytes of the weights in them. */
  readonly graphBytes: number;
  /** Numbers of picture-sized arrays that JavaScript goes through: pictures, optimisers, averages. */
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

/** The layers that a recipe looks at. */
type Layers = Pick<Recipe, 'contentLayers' | 'styleLayers'>;

export const addWork = (...parts: readonly Work[]): Work =>
  combine((kind) => parts.reduce((sum, part) => sum + part[kind], 0));

export const times = (work: Work, factor: number): Work => combine((kind) => factor * work[kind]);

const combine = (amount: (kind: keyof Work) => number) =>
  Object.fromEntries(Object.keys(NO_WORK).map((kind) => [kind, amount(kind as keyof Work)])) as unknown as Work;

/** One evaluation: losses and gradient at a picture of that size. Each region has Gram matrices of its own. */
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
    // The gradient goes back through every convolution once, by one of the same size; G F is as large as F F^T.
    multiplyAdds: 2 * (forward.multiplyAdds + regions * gramMultiplyAdds(network, styleLayers, size)),
    featureBytes: forward.featureBytes,
    elements: EVALUATION_PASSES * valuesOf(size),
  };
}

/** Capturing targets and compiling the objective, at one scale. */
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
  // Forwards and backwards: the objective's graph has every kernel twice.
  const objective = { graphs: 1, graphBytes: 2 * weightBytes(usedLayers(network, [...contentLayers, ...styleLayers])) };
  return addWork(...captured, { ...NO_WORK, ...objective });
}

/** The optimiser's own work in one step that has `pairs` pairs to go through, and what is done with every picture. */
export function stepWork({ optimizer }: Pick<Recipe, 'optimizer'>, size: Size, pairs: number): Work {
  const passes = optimizer === 'ADAM' ? ADAM_PASSES : LBFGS_PASSES + PASSES_PER_PAIR * pairs;
  return { ...NO_WORK, elements: passes * valuesOf(size) };
}

export interface RunWork {
  readonly work: Work;
  /** Of the objective; a run that converges, or stops early, has fewer. */
  readonly evaluations: number;
}

/** The whole run. */
export function countWork(plan: RunPlan): RunWork {
  const { network, recipe, content, styles, maskedRegions } = plan;
  let evaluations = 0;
  // The network is read, and checked, once: about what building one graph of it takes.
  const parts: Work[] = [{ ...NO_WORK, graphBytes: weightBytes(network.layers) }];
  for (const picture of [content, ...styles]) {
    parts.push({ ...NO_WORK, elements: PREPARATION_PASSES * valuesOf(picture) });
  }
  for (const scale of plannedScales(plan)) {
    const balancing = recipe.balanceStyleLayers ? recipe.styleLayers.length : 0;
    // L-BFGS looks at each scale's start before its first step.
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

/** Passes over a picture's numbers, by their arithmetic: the evaluator's total variation and its check; Adam's moments; */
const EVALUATION_PASSES = 4;
const ADAM_PASSES = 10;
/** L-BFGS's copies, its new pair and the average; each pair's two dot products and two sums; */
const LBFGS_PASSES = 14;
const PASSES_PER_PAIR = 4;
/** bytes to floats, and a cubic of four taps or more in both directions. */
const PREPARATION_PASSES = 20;

/** Numbers of a picture. */
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

/** Of the passes over feature maps: a map is written and read forwards, and backwards masked, pooled and summed, too. */
const FORWARD_SHARE = 0.25;

/** 9 C_in C_out multiply-adds a position; 4 C_out bytes a position. */
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

/** F F^T: C^2 N a layer. */
function gramMultiplyAdds(network: NetworkShape, styleLayers: readonly LayerWeight[], size: Size): number {
  const sizes = layerSizes(network, size.width, size.height);
  return styleLayers.reduce((sum, { layer }) => {
    const { channels, width, height } = sizes.get(layer)!;
    return sum + channels ** 2 * width * height;
  }, 0);
}
