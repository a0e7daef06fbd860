import {
  estimateRun,
  largestSize,
  type Engine,
  type NetworkShape,
  type Recipe,
  type RunEstimate,
  type RunPlan,
} from '../engine/index.js';
import { availableMemory } from './available-memory.js';
import type { Calibrator } from './calibrator.js';
import { UserError } from '../core/errors.js';
import { workingSize } from './working-size.js';

/** Left to the rest of the machine, of what is available: pictures in the server's own hands, other programs. */
const RESERVE_BYTES = 256 * 2 ** 20;

export interface EstimatorOptions {
  readonly engine: Pick<Engine, 'memoryBytes'>;
  readonly calibrator: Pick<Calibrator, 'speed'>;
  /** Most bytes that the engine process may take; what the machine can give where undefined. */
  readonly memoryLimitBytes?: number | undefined;
}

/** What is to be estimated: the recipe, and what its pictures and its network measure. */
export interface EstimateRequest {
  readonly recipe: Recipe;
  readonly network: NetworkShape;
  readonly content: { readonly width: number; readonly height: number };
  readonly styles: readonly { readonly width: number; readonly height: number; readonly scale: number }[];
  /** Regions with a mask of their own; 0 without masks. */
  readonly maskedRegions: number;
}

/** What a session will cost, and whether it fits. */
export interface Estimate extends RunEstimate {
  /** Most bytes that the engine process may take at present. */
  readonly availableBytes: number;
  readonly fits: boolean;
  /** The largest `recipe.size` that fits, everything else being equal; null where none does. */
  readonly largestSize: number | null;
  /** Whether the seconds rest on a measurement of this machine. */
  readonly calibrated: boolean;
}

/** Says what sessions will cost before they run. */
export class Estimator {
  constructor(private readonly options: EstimatorOptions) {}

  async estimate(request: EstimateRequest): Promise<Estimate> {
    const planAt = (size: number) => planOf(request, { ...request.recipe, size });
    const { speed, calibrated } = await this.options.calibrator.speed();
    const run = estimateRun(planAt(request.recipe.size), speed);
    const availableBytes = await this.#availableBytes();
    const fits = run.memoryBytes <= availableBytes;
    return { ...run, availableBytes, fits, largestSize: largestSize(planAt, availableBytes), calibrated };
  }

  /** Sessions run one at a time in one process, so what it holds at present is the next one's, too. */
  async #availableBytes(): Promise<number> {
    const { engine, memoryLimitBytes } = this.options;
    return memoryLimitBytes ?? Math.max(0, (await availableMemory()) - RESERVE_BYTES) + engine.memoryBytes;
  }
}

/** The user error for a session that does not fit. */
export function tooLargeForMemory({ recipe, styles }: EstimateRequest, estimate: Estimate): UserError {
  const { memoryBytes, availableBytes, largestSize } = estimate;
  const scales = styles.some(({ scale }) => scale > 1) ? ' or smaller style scales' : '';
  const advice =
    largestSize === null
      ? 'No size fits. Try again when the server has more memory available.'
      : `Choose a size of at most ${largestSize}${scales}.`;
  return new UserError(
    'TOO_LARGE_FOR_MEMORY',
    `\`recipe.size\` is ${recipe.size}, which needs about ${megabytes(memoryBytes)} of memory; ${megabytes(availableBytes)} are available. ${advice}`,
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
