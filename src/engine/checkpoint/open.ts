import { EngineError } from '../errors.js';
import { IterateAverage } from '../image/iterate-average.js';
import { resample } from '../image/resample.js';
import { createOptimizer, restoreOptimizer } from '../optimizer/create.js';
import type { Recipe } from '../recipe/recipe.js';
import type { Continuation, ScalePlan } from '../schedule/pyramid.js';
import type { Checkpoint, RunFingerprint } from './checkpoint.js';
import { decodeCheckpoint } from './codec.js';

/** The run that resumes from a checkpoint. */
export interface ResumingRun {
  readonly fingerprint: RunFingerprint;
  readonly recipe: Recipe;
  readonly scales: readonly ScalePlan[];
  /** For continuations: a checkpoint of another run is then the starting point. */
  readonly continuation?: Continuation | undefined;
}

/** The state to resume from. Without `styleLayers`, their weights are determined at the image. */
export type ResumedState = Omit<Checkpoint, 'styleLayers'> & Partial<Pick<Checkpoint, 'styleLayers'>>;

/** Decodes a checkpoint. Throws `CHECKPOINT_INVALID` if it is damaged or belongs to a run that this one cannot resume. */
export function openCheckpoint(bytes: Uint8Array, run: ResumingRun): ResumedState {
  const { continuation } = run;
  const checkpoint = decodeCheckpoint(bytes);
  const isFirst = continuation !== undefined && checkpoint.fingerprint.recipe !== run.fingerprint.recipe;
  const mismatch = findOtherRun(checkpoint, run) ?? (isFirst ? undefined : findOtherSchedule(checkpoint, run));
  if (mismatch) {
    throw new EngineError('CHECKPOINT_INVALID', `The checkpoint belongs to another ${mismatch}. Start the run again.`);
  }
  return isFirst ? startContinuation(checkpoint, { ...run, continuation }) : checkpoint;
}

function findOtherRun(checkpoint: Checkpoint, { fingerprint, continuation }: ResumingRun): string | undefined {
  const { recipe, network, width, height } = checkpoint.fingerprint;
  if (!continuation && recipe !== fingerprint.recipe) return 'recipe';
  if (network !== fingerprint.network) return 'network';
  if (width !== fingerprint.width || height !== fingerprint.height) {
    return `size: ${width}x${height}, not ${fingerprint.width}x${fingerprint.height}`;
  }
  return undefined;
}

/** The recipe determines these values, so they differ only if the checkpoint is forged or the program has changed. */
function findOtherSchedule(checkpoint: Checkpoint, { recipe, scales }: ResumingRun): string | undefined {
  if ('t' in checkpoint.optimizer !== (recipe.optimizer === 'ADAM')) return 'optimizer';
  const { image, scaleIndex, stepsLeft } = checkpoint;
  const scale = scales[scaleIndex];
  const fits = scale?.width === image.width && scale.height === image.height && stepsLeft <= scale.steps;
  return fits ? undefined : 'schedule';
}

/** The first state of a continuation, made from the last checkpoint of the run before. */
function startContinuation(
  last: Checkpoint,
  { fingerprint, recipe, scales, continuation }: ResumingRun & { readonly continuation: Continuation },
): ResumedState {
  const isSameRun = continuation.fromStep > 0;
  const scaleIndex = scales.length - 1;
  const scale = scales[scaleIndex]!;
  const { seq, evaluations, elapsedMs, optimizer, styleLayers } = last;
  const start = {
    fingerprint,
    seq,
    step: continuation.fromStep,
    evaluations: isSameRun ? evaluations : 0,
    elapsedMs: isSameRun ? elapsedMs : 0,
    scaleIndex,
    stepsLeft: continuation.steps,
    totals: [],
  };
  if (isSameRun && last.image.width === scale.width && last.image.height === scale.height) {
    return { ...start, image: last.image, average: last.average, optimizer, styleLayers };
  }
  const shown = { ...last.image, data: new IterateAverage(recipe.averageDecay, last.average).value() };
  const image = resample(shown, scale.width, scale.height);
  const resized = isSameRun
    ? restoreOptimizer(recipe, last.image, optimizer).resized(last.image, scale)
    : createOptimizer(recipe, scale);
  return {
    ...start,
    image,
    average: IterateAverage.create(recipe.averageDecay, image.data.length).state,
    optimizer: resized.state,
  };
}
