import { EngineError } from '../errors.js';
import type { Recipe } from '../recipe/recipe.js';
import type { Continuation } from '../schedule/pyramid.js';
import type { ScalePlan } from '../schedule/pyramid.js';
import { beginContinuation, type RunState } from './begin-continuation.js';
import type { Checkpoint } from './checkpoint.js';
import { decodeCheckpoint } from './codec.js';
import type { RunFingerprint } from './origin.js';

/** The run that wants to go on. */
export interface ResumingRun {
  readonly origin: RunFingerprint;
  readonly recipe: Recipe;
  readonly scales: readonly ScalePlan[];
  /** Where it is one: a checkpoint of another run is then what it begins with. */
  readonly continuation?: Continuation | undefined;
}

/** Reads a checkpoint. Throws `CHECKPOINT_INVALID` where the bytes are none, or one of a run that this one cannot follow. */
export function openCheckpoint(bytes: Uint8Array, run: ResumingRun): RunState {
  const { continuation } = run;
  const checkpoint = decodeCheckpoint(bytes);
  const begins = continuation !== undefined && checkpoint.origin.recipe !== run.origin.recipe;
  const mismatch = findOtherPlace(checkpoint, run) ?? (begins ? undefined : findMismatch(checkpoint, run));
  if (mismatch) throw new EngineError('CHECKPOINT_INVALID', `the checkpoint is of another ${mismatch}`);
  return begins ? beginContinuation(checkpoint, { ...run, continuation }) : checkpoint;
}

function findOtherPlace(checkpoint: Checkpoint, { origin, continuation }: ResumingRun): string | undefined {
  const { recipe, network, width, height } = checkpoint.origin;
  if (!continuation && recipe !== origin.recipe) return 'recipe';
  if (network !== origin.network) return 'network';
  if (width !== origin.width || height !== origin.height) {
    return `size: ${width}x${height}, not ${origin.width}x${origin.height}`;
  }
  return undefined;
}

function findMismatch(checkpoint: Checkpoint, { recipe, scales }: ResumingRun): string | undefined {
  // The recipe determines these, so they differ only where the checkpoint is forged or the program has changed.
  if ('t' in checkpoint.optimizer !== (recipe.optimizer === 'ADAM')) return 'optimizer';
  const { image, scaleIndex, stepsLeft } = checkpoint;
  const scale = scales[scaleIndex];
  const fits = scale?.width === image.width && scale.height === image.height && stepsLeft <= scale.steps;
  return fits ? undefined : 'schedule';
}
