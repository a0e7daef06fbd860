/**
 * Predicts the most memory that the engine process will hold during a run. The constants were fitted to peaks of real
 * runs; `npm run bench:estimate` compares the two, and is to be run again whenever the engine's use of memory changes.
 */
import { layerSizes } from '../backend/layers.js';
import type { NetworkShape } from '../network/topology.js';
import type { LayerWeight, Recipe } from '../recipe/recipe.js';
import { plannedScales, type PlannedScale, type RunPlan } from './run-plan.js';
import type { Size } from '../types/run.js';
import { usedLayers, weightBytes } from './used-layers.js';
import { valuesOf } from './work.js';

const MB = 2 ** 20;

/** Node and a backend without a job. */
const BASE = 170 * MB;
/** Copies of the kernels that a graph uses: own, flipped, encoded, the backend's, each way as it likes them laid out. */
const WEIGHT_COPIES = 7;
/** Feature maps of the largest layer's size that are alive beside all that the way back needs: gradients and masks. */
const WORKING_MAPS = 4;
/** As many again, where features are masked and unmasked beside. */
const MASKING_MAPS = 2;
/** Maps of the largest layer's size on the way forwards alone, where nothing is kept. */
const CAPTURE_MAPS = 3.5;
/** Picture-sized arrays besides the optimiser's own: image, gradient, average, content, direction, start, copies. */
const IMAGE_ARRAYS = 10;
const ADAM_ARRAYS = 2;
/** Of a picture as it comes: bytes, floats, and floats half resized. Once all are, the bytes stay. */
const PREPARED_BYTES_PER_VALUE = 1 + 4 + 4;
const KEPT_BYTES_PER_VALUE = 1;

/** Bytes, at the run's hungriest moment. */
export function predictMemory(plan: RunPlan): number {
  const { network, content, styles } = plan;
  const values = [content, ...styles].reduce((sum, size) => sum + valuesOf(size), 0);
  const scales = plannedScales(plan);
  const finestStyles = scales.at(-1)!.styles.reduce((sum, size) => sum + 4 * valuesOf(size), 0);
  const most = Math.max(...scales.map((scale) => scaleMemory(plan, scale)));
  const running = KEPT_BYTES_PER_VALUE * values + finestStyles + most;
  return BASE + weightBytes(network.layers) + Math.max(PREPARED_BYTES_PER_VALUE * values, running);
}

/** One scale: first its targets are captured, then it runs, and neither's graph outlives it. */
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

/** P_l, as captured and as fed to the graph. */
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

/** Pairs are kept as they come, so a short run has fewer than the history holds. */
function arrays({ optimizer, history }: Pick<Recipe, 'optimizer' | 'history'>, scale: PlannedScale): number {
  const own = optimizer === 'ADAM' ? ADAM_ARRAYS : 2 * Math.min(history!, scale.steps);
  return 4 * valuesOf(scale) * (IMAGE_ARRAYS + own);
}
