import { EngineError } from '../errors.js';
import type { OptimizerName } from '../recipe/recipe.js';
import type { ScalePlan } from '../schedule/pyramid.js';
import type { Checkpoint } from './checkpoint.js';
import { decodeCheckpoint } from './codec.js';
import type { CheckpointOrigin } from './origin.js';

/** The run that wants to go on. */
export interface ResumingRun {
  readonly origin: CheckpointOrigin;
  readonly optimizer: OptimizerName;
  readonly scales: readonly ScalePlan[];
}

/** Reads a checkpoint. Throws `CHECKPOINT_INVALID` where the bytes are none, or one of another run. */
export function openCheckpoint(bytes: Uint8Array, run: ResumingRun): Checkpoint {
  const checkpoint = decodeCheckpoint(bytes);
  const mismatch = findMismatch(checkpoint, run);
  if (mismatch) throw new EngineError('CHECKPOINT_INVALID', `the checkpoint is of another ${mismatch}`);
  return checkpoint;
}

function findMismatch(checkpoint: Checkpoint, { origin, optimizer, scales }: ResumingRun): string | undefined {
  const { recipe, network, width, height } = checkpoint.origin;
  if (recipe !== origin.recipe) return 'recipe';
  if (network !== origin.network) return 'network';
  if (width !== origin.width || height !== origin.height) {
    return `size: ${width}x${height}, not ${origin.width}x${origin.height}`;
  }
  // The recipe determines these, so they differ only where the checkpoint is forged or the program has changed.
  if ('t' in checkpoint.optimizer !== (optimizer === 'ADAM')) return 'optimizer';
  const { image, scaleIndex, stepsLeft } = checkpoint;
  const scale = scales[scaleIndex];
  const fits = scale?.width === image.width && scale.height === image.height && stepsLeft <= scale.steps;
  return fits ? undefined : 'schedule';
}
