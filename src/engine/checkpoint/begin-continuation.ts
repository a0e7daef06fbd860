import { IterateAverage } from '../image/iterate-average.js';
import { resample } from '../image/resample.js';
import { createOptimizer, restoreOptimizer } from '../optimizer/create.js';
import type { Recipe } from '../recipe/recipe.js';
import type { Continuation } from '../schedule/pyramid.js';
import type { ScalePlan } from '../schedule/pyramid.js';
import type { Checkpoint } from './checkpoint.js';
import type { RunFingerprint } from './origin.js';

/** A checkpoint to go on from; where no style layers are given, their weights are worked out at the image. */
export type RunState = Omit<Checkpoint, 'styleLayers'> & Partial<Pick<Checkpoint, 'styleLayers'>>;

export interface LegRun {
  readonly origin: RunFingerprint;
  readonly recipe: Recipe;
  /** The continuation's own. */
  readonly scales: readonly ScalePlan[];
  readonly continuation: Continuation;
}

/** The state in which a continuation begins, made of the one in which the run before ended. */
export function beginContinuation(ended: Checkpoint, { origin, recipe, scales, continuation }: LegRun): RunState {
  const goesOn = continuation.fromStep > 0;
  const scaleIndex = scales.length - 1;
  const scale = scales[scaleIndex]!;
  const { seq, evaluations, elapsedMs, optimizer, styleLayers } = ended;
  const begun = {
    origin,
    seq,
    step: continuation.fromStep,
    evaluations: goesOn ? evaluations : 0,
    elapsedMs: goesOn ? elapsedMs : 0,
    scaleIndex,
    stepsLeft: continuation.steps,
    totals: [],
  };
  if (goesOn && ended.image.width === scale.width && ended.image.height === scale.height) {
    return { ...begun, image: ended.image, average: ended.average, optimizer, styleLayers };
  }
  const shown = { ...ended.image, data: new IterateAverage(recipe.averageDecay, ended.average).value() };
  const image = resample(shown, scale.width, scale.height);
  const { length } = image.data;
  return {
    ...begun,
    image,
    average: IterateAverage.create(recipe.averageDecay, length).state,
    optimizer: (goesOn
      ? restoreOptimizer(recipe, ended.image, optimizer).resized(ended.image, scale)
      : createOptimizer(recipe, scale)
    ).state,
  };
}
