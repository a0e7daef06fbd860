import { UserError } from '../core/errors.js';
import {
  estimateRun,
  fitSize,
  largestSize,
  type Engine,
  type NetworkShape,
  type Recipe,
  type RunEstimate,
  type RunPlan,
  type Size,
} from '../engine/index.js';
import { availableMemory } from './available-memory.js';
import type { Calibrator } from './calibrator.js';

/** Memory not offered to the engine: images in this process, and other programs. */
const RESERVE_BYTES = 256 * 2 ** 20;

export interface EstimatorDependencies {
  readonly engine: Pick<Engine, 'memoryBytes'>;
  readonly calibrator: Pick<Calibrator, 'calibration'>;
  /** Maximum memory of the engine process (EASEL_MEMORY_LIMIT_MB); default: the available memory. */
  readonly memoryLimitBytes?: number | undefined;
}

/** A session to estimate: its recipe, and the sizes of its images and its network. */
export interface EstimateRequest {
  readonly recipe: Recipe;
  readonly network: NetworkShape;
  readonly content: Size;
  readonly styles: readonly (Size & { readonly scale: number })[];
  /** Number of regions with their own mask; 0 without masks. */
  readonly maskedRegions: number;
}

export interface Estimate extends RunEstimate {
  /** Maximum memory that the engine process may use now. */
  readonly availableBytes: number;
  readonly fits: boolean;
  /** The largest `recipe.size` that fits with the same other fields; null if none fits. */
  readonly largestSize: number | null;
  /** Whether `seconds` is based on a measurement of this machine. */
  readonly calibrated: boolean;
}

/** Estimates the time and memory of sessions before they run. */
export class Estimator {
  constructor(private readonly dependencies: EstimatorDependencies) {}

  async estimate(request: EstimateRequest): Promise<Estimate> {
    const planAt = (size: number) => planOf(request, { ...request.recipe, size });
    const { costs, calibrated } = await this.dependencies.calibrator.calibration();
    const run = estimateRun(planAt(request.recipe.size), costs);
    const availableBytes = await this.#availableBytes();
    const fits = run.memoryBytes <= availableBytes;
    return { ...run, availableBytes, fits, largestSize: largestSize(planAt, availableBytes), calibrated };
  }

  /** Sessions run one at a time in one process, so the next session can use the memory that the process has now. */
  async #availableBytes(): Promise<number> {
    const { engine, memoryLimitBytes } = this.dependencies;
    return memoryLimitBytes ?? Math.max(0, (await availableMemory()) - RESERVE_BYTES) + engine.memoryBytes;
  }
}

/** The error for a session that does not fit. */
export function tooLargeForMemory({ recipe, styles }: EstimateRequest, estimate: Estimate): UserError {
  const { memoryBytes, availableBytes, largestSize } = estimate;
  const scaled = styles.some(({ scale }) => scale > 1) ? ' Smaller style scales need less memory, too.' : '';
  const advice =
    largestSize === null ? 'No size fits. Use another machine.' : `Use a \`size\` of at most ${largestSize}.`;
  return new UserError(
    'TOO_LARGE_FOR_MEMORY',
    `A session of \`size\` ${recipe.size} needs about ${megabytes(memoryBytes)} of memory; ${megabytes(availableBytes)} are available. ${advice}${scaled}`,
    'recipe.size',
  );
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MB`;

function planOf({ network, content, styles, maskedRegions }: EstimateRequest, recipe: Recipe): RunPlan {
  return {
    network,
    recipe,
    maskedRegions,
    content: workingSize(content, recipe).decoded,
    styles: styles.map((style) => ({ ...workingSize(style, recipe).decoded, scale: style.scale })),
  };
}

/** Images up to this long side are decoded at full size, pixels. */
const FULL_SIZE_SIDE = 2048;

export interface WorkingSize {
  /** Maximum long side of the decoded image, pixels. */
  readonly decodeSide: number;
  /** Size of the decoded image. */
  readonly decoded: Size;
  /** Size at which the engine works on the image, pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * The size at which a stored image is decoded, and the size at which the engine works on it. A huge photo is decoded at a
 * reduced size, at least twice the engine's, so that hundreds of megabytes of floats need not be sent and resampled.
 */
export function workingSize(image: Size, recipe: Recipe): WorkingSize {
  const fitted = fitSize(image.width, image.height, recipe);
  const decodeSide = Math.max(FULL_SIZE_SIDE, 2 * Math.max(fitted.width, fitted.height));
  const factor = Math.min(1, decodeSide / Math.max(image.width, image.height));
  const decoded = { width: Math.round(image.width * factor), height: Math.round(image.height * factor) };
  // Rounding twice can differ from rounding once by a pixel, so compute the engine's size from the decoded size.
  return { decodeSide, decoded, ...fitSize(decoded.width, decoded.height, recipe) };
}
