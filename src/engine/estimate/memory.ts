/**
 * Predicts the peak memory of the engine process during a run. The constants were fitted to the peaks of real runs. Run
 * `npm run bench:estimate` after every change of the engine's memory use: it compares predictions with measurements.
 */
import { layerSizes } from '../backend/layers.js';
import type { NetworkShape } from '../network/topology.js';
import type { LayerWeight, Recipe } from '../recipe/recipe.js';
import { plannedScales, type PlannedScale, type RunPlan } from './run-plan.js';
import type { Size } from '../types/run.js';
import { usedLayers, valuesOf, weightBytes } from './work.js';

const MB = 2 ** 20;

/** Node and a backend without a job, bytes. */
const BASE = 170 * MB;
/** Copies of each kernel alive at once: ours, flipped, protobuf-encoded, and the backend's own packed layouts. */
const WEIGHT_COPIES = 7;
/** Working maps of the largest layer's size, for gradients and masks, in addition to those kept for the backward pass. */
const WORKING_MAPS = 4;
/** Extra working maps when style regions are masked. */
const MASKING_MAPS = 2;
/** Working maps of the largest layer's size in a forward pass without a backward pass. */
const CAPTURE_MAPS = 3.5;
/** Arrays of the image's size apart from the optimiser's state: image, gradient, average, content, direction, start, copies. */
const IMAGE_ARRAYS = 10;
/** Arrays of Adam's state: two moments. */
const ADAM_ARRAYS = 2;
/** Peak bytes per input value while preparing: uint8, float32 and half-resized float32. */
const PREPARED_BYTES_PER_VALUE = 1 + 4 + 4;
/** Bytes per input value afterwards: uint8. */
const KEPT_BYTES_PER_VALUE = 1;

/** Peak memory of a run, bytes. */
export function predictMemory(plan: RunPlan): number {
  const { network, content, styles } = plan;
  const values = [content, ...styles].reduce((sum, size) => sum + valuesOf(size), 0);
  const scales = plannedScales(plan);
  const finestStyles = scales.at(-1)!.styles.reduce((sum, size) => sum + 4 * valuesOf(size), 0);
  const most = Math.max(...scales.map((scale) => scaleMemory(plan, scale)));
  const running = KEPT_BYTES_PER_VALUE * values + finestStyles + most;
  return BASE + weightBytes(network.layers) + Math.max(PREPARED_BYTES_PER_VALUE * values, running);
}

/** Peak memory of one scale: its targets are captured first, then it runs; the graphs of both are released. */
function scaleMemory({ network, recipe, maskedRegions = 0 }: RunPlan, scale: PlannedScale): number {
  const { contentLayers, styleLayers } = recipe;
  const all = [...contentLayers, ...styleLayers];
  const running =
    weightCopies(network, all) +
    featureMaps(network, all, scale, maskedRegions > 0 ? MASKING_MAPS : 0) +
    targets(network, recipe, scale) +
    arrays(recipe, scale);
  const capturing = scale.styles.map(
    (style) => weightCopies(network, styleLayers) + CAPTURE_MAPS * largestMap(network, styleLayers, style),
  );
  return Math.max(running, ...capturing);
}

const weightCopies = (network: NetworkShape, layers: readonly LayerWeight[]) =>
  WEIGHT_COPIES * weightBytes(usedLayers(network, layers));

function featureMaps(network: NetworkShape, layers: readonly LayerWeight[], size: Size, maskingMaps: number): number {
  const kept = mapBytes(network, layers, size).reduce((sum, bytes) => sum + bytes, 0);
  return kept + (WORKING_MAPS + maskingMaps) * largestMap(network, layers, size);
}

/** Bytes of P_l, as captured and as fed to the graph. */
function targets(network: NetworkShape, { contentLayers }: Recipe, size: Size): number {
  const sizes = layerSizes(network, size.width, size.height);
  return contentLayers.reduce((sum, { layer }) => {
    const { channels, width, height } = sizes.get(layer)!;
    return sum + 2 * 4 * channels * width * height;
  }, 0);
}

const largestMap = (network: NetworkShape, layers: readonly LayerWeight[], size: Size) =>
  Math.max(...mapBytes(network, layers, size));

/** Bytes of each used layer's feature map, float32. */
function mapBytes(network: NetworkShape, layers: readonly LayerWeight[], { width, height }: Size): number[] {
  const sizes = layerSizes(network, width, height);
  return usedLayers(network, layers).map(({ name }) => {
    const { channels, width, height } = sizes.get(name)!;
    return 4 * channels * width * height;
  });
}

/** Bytes of the arrays of the image's size. A short run has fewer L-BFGS pairs than the history can hold. */
function arrays({ optimizer, history }: Pick<Recipe, 'optimizer' | 'history'>, scale: PlannedScale): number {
  const own = optimizer === 'ADAM' ? ADAM_ARRAYS : 2 * Math.min(history!, scale.steps);
  return 4 * valuesOf(scale) * (IMAGE_ARRAYS + own);
}
