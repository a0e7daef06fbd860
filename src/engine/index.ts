/**
 * The public API of the engine, for the rest of the server and as a library: `import { stylize } from 'easel/engine'`.
 * Importing it loads no native code: ONNX Runtime and TensorFlow are loaded when a backend starts.
 */
export { EngineError, type EngineErrorCode } from './errors.js';
export type { Backend } from './backend/backend.js';
export type { Checkpoint, CheckpointForm } from './checkpoint/checkpoint.js';
export { decodeCheckpoint, encodeCheckpoint } from './checkpoint/codec.js';
export { createOnnxBackend } from './backend/onnx/lazy-backend.js';
export type { OnnxOptions, OnnxProvider } from './backend/onnx/onnx-backend.js';
export { createTensorflowBackend, type Tensorflow } from './backend/tensorflow/tensorflow-backend.js';
export { selectBackend } from './selection/select.js';
export { PROBE_SIZE, probeBackend, type ProbeReport } from './selection/probe.js';
export {
  BACKEND_ADVICE,
  BACKEND_CHOICES,
  BACKEND_NAMES,
  findObstacle,
  startBackend,
  type BackendChoice,
  type BackendName,
  type StartedBackend,
} from './selection/start.js';
export { estimateRun, largestSize, type RunEstimate } from './estimate/estimate.js';
export type { RunPlan } from './estimate/run-plan.js';
export { DEFAULT_UNIT_COSTS, measureUnitCosts, WORK_KINDS, type UnitCosts } from './estimate/unit-costs.js';
export { applyStrength } from './image/alpha.js';
export { maskPlane } from './image/masks.js';
export { denormalize, normalize } from './image/normalize.js';
export { withoutSecrets } from './install/download.js';
export { NetworkInstaller } from './install/host.js';
export { importNetwork, installNetwork, VGG19_URL, type ImportRequest } from './install/install.js';
export {
  EMBEDDED_NETWORKS,
  listNetworks,
  locateNetwork,
  NETWORK_NAMES,
  networkFile,
  Networks,
  type InstalledNetwork,
  type NetworkPlaces,
  type NetworkStatus,
  type SelectedNetwork,
} from './install/resolve.js';
export { MEASURING_SIDE } from './install/normalise.js';
export { loadNetwork, type Network } from './network/network.js';
export { LAYER_NAMES, type NetworkShape } from './network/topology.js';
export { createEvaluator, type Evaluator, type EvaluatorOptions } from './objective/evaluator.js';
export { checkRegions } from './objective/regions.js';
export { DEFAULT_PRESET, PRESETS, resolveRecipe, type Preset } from './recipe/presets.js';
export {
  describeField,
  formatNumber,
  MAX_LAYER_WEIGHT,
  RECIPE_FIELD_ENTRIES,
  RECIPE_FIELDS,
  type RecipeField,
} from './recipe/fields.js';
export { overrideRecipe, parseRecipe } from './recipe/recipe.js';
export type { LayerWeight, OptimizerName, Pooling, Recipe, RecipeOverrides } from './recipe/recipe.js';
export { fitSize } from './schedule/fit-size.js';
export { planContinuation, planScales, type Continuation, type ScalePlan } from './schedule/pyramid.js';
export { stylize, type StylizeRequest, type StylizeStep } from './run/stylize.js';
export type * from './types/run.js';
export type * from './worker/engine.js';
export { EngineProcess } from './worker/host.js';
export type { GreyImage, RgbImage } from '../core/pixels.js';
