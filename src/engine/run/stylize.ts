/** A run: combines the objective, the optimiser and the schedule, and yields one record per step. */
import type { GreyImage, RgbImage } from '../../core/pixels.js';
import type { Backend } from '../backend/backend.js';
import { fingerprintRun, type CheckpointForm } from '../checkpoint/checkpoint.js';
import { encodeCheckpoint } from '../checkpoint/codec.js';
import { openCheckpoint, type ResumedState } from '../checkpoint/open.js';
import { EngineError } from '../errors.js';
import { resample } from '../image/resample.js';
import type { Network } from '../network/network.js';
import { createEvaluator } from '../objective/evaluator.js';
import { createOptimizer } from '../optimizer/create.js';
import { checkHasLayers, checkRecipe, type Recipe } from '../recipe/recipe.js';
import { planContinuation, planScales, type Continuation, type ScalePlan } from '../schedule/pyramid.js';
import type { StepRecord, StyleImage } from '../types/run.js';
import { RunImages } from './images.js';
import { initialImage } from './initial-image.js';
import { ScaleState } from './scale-state.js';

export interface StylizeRequest {
  /** Alpha is restored in the result and in previews. */
  readonly content: RgbImage;
  /** At least one; flattened on white. */
  readonly styles: readonly StyleImage[];
  /** Required if the recipe's `initialImage` is IMAGE; of any size, stretched to the content's. */
  readonly initialImage?: RgbImage | undefined;
  /** Keep mask: the result shows the content's pixels where the mask is white, exactly so where it is 255. */
  readonly keepMask?: GreyImage | undefined;
  readonly recipe: Recipe;
  readonly network: Network;
  readonly backend: Backend;
  /** A checkpoint of the same run, or of any run for a continuation. */
  readonly resume?: Uint8Array;
  /** Continues the run of the checkpoint after its end; requires `resume`. */
  readonly continuation?: Continuation | undefined;
  /** `seq` of the first record. Default: 1, or the checkpoint's `seq` + 1. */
  readonly firstSeq?: number;
}

/** A record with methods that must be called before the next step is requested. */
export interface StylizeStep extends StepRecord {
  /** The image after the step, at the size of the current scale. */
  image(): RgbImage;
  /** The state after the step, for `resume`. Default form: FULL. */
  checkpoint(form?: CheckpointForm): Uint8Array;
  /** Whether this is the last step of the run. */
  readonly isLast: boolean;
}

/**
 * Optimises an image against the content's features and the styles' Gram matrices. A scale ends before its share of the steps
 * if its optimiser converges or if the loss improves by less than the recipe's `minImprovement`.
 * @returns the result, as the generator's return value
 * @throws EngineError `INVALID_RECIPE`, `INVALID_MASK`, `CHECKPOINT_INVALID`, `DIVERGED`, `BACKEND_FAILED`; the reason of the
 * signal if it is aborted
 */
export async function* stylize(
  request: StylizeRequest,
  { signal }: { signal?: AbortSignal } = {},
): AsyncGenerator<StylizeStep, RgbImage, undefined> {
  checkRequest(request);
  const { recipe, network, backend, continuation } = request;
  const startedAt = performance.now();
  const images = RunImages.prepare(request);
  const scales = planRun(images, recipe, continuation);
  images.checkMasks(scales.filter(({ steps }) => steps > 0));
  const totalSteps = scales.reduce((sum, { steps }) => sum + steps, 0);
  const fingerprint = fingerprintRun(recipe, network, images.content, continuation);
  const resumed = request.resume && openCheckpoint(request.resume, { fingerprint, scales, recipe, continuation });
  let { seq, step, evaluations } = resumed ?? { seq: 0, step: 0, evaluations: 0 };
  if (request.firstSeq !== undefined) seq = request.firstSeq - 1;
  const shift = (resumed?.elapsedMs ?? 0) - startedAt;

  let state: ScaleState | undefined;
  for (const [scaleIndex, plan] of scales.entries()) {
    if (resumed && scaleIndex < resumed.scaleIndex) continue;
    const scaled = images.atScale(plan);
    const { content, styles, keep } = scaled;
    const resumedHere = scaleIndex === resumed?.scaleIndex ? resumed : undefined;
    const scale = (state = startScale(request, scaled, plan, resumedHere ?? state));
    const start = scale.image.data;
    const { styleLayers } = resumedHere ?? {};
    const evaluator = await createEvaluator({ network, content, styles, keep, recipe, backend, start, styleLayers });
    try {
      while (scale.stepsLeft > 0) {
        signal?.throwIfAborted();
        const result = await scale.step((image) => evaluator.evaluate(image));
        seq += 1;
        step += 1;
        evaluations += result.evaluations;
        const counters = { seq, step, evaluations, elapsedMs: performance.now() + shift };
        const { styleLayers } = evaluator;
        yield {
          ...counters,
          totalSteps,
          scale: { index: scaleIndex, count: scales.length, width: plan.width, height: plan.height },
          losses: result.losses,
          image: () => scaled.present(scale.shown),
          checkpoint: (form = 'FULL') =>
            encodeCheckpoint({ fingerprint, ...counters, scaleIndex, styleLayers, ...scale.snapshot(form) }),
          isLast: scale.stepsLeft === 0 && scaleIndex === scales.length - 1,
        };
      }
    } finally {
      await evaluator.release();
    }
  }
  return images.present(state!.shown);
}

function checkRequest({ recipe, network, initialImage, continuation, resume }: StylizeRequest): void {
  checkRecipe(recipe);
  checkHasLayers(
    network.layers.map(({ name }) => name),
    recipe,
  );
  if ((recipe.initialImage === 'IMAGE') !== (initialImage !== undefined)) {
    const message = initialImage
      ? `\`initialImage\` is ${recipe.initialImage}, but an initial image is given. Set it to IMAGE or leave the image out.`
      : '`initialImage` is IMAGE, but no initial image is given. Give one or choose another value.';
    throw new EngineError('INVALID_RECIPE', message, 'initialImage');
  }
  if (continuation && !resume)
    throw new EngineError('CHECKPOINT_INVALID', 'A continuation needs a checkpoint. Give `resume`.');
}

function planRun({ content }: RunImages, recipe: Recipe, continuation: Continuation | undefined): ScalePlan[] {
  const scales = planScales(content.width, content.height, recipe);
  return continuation ? planContinuation(scales, continuation) : scales;
}

/** A scale's state before its first step here: resumed, from the scale before, or from the run's initial image. */
function startScale(
  { recipe, initialImage: image }: StylizeRequest,
  images: RunImages,
  { width, height, steps }: ScalePlan,
  from: ResumedState | ScaleState | undefined,
): ScaleState {
  if (from instanceof ScaleState) {
    return from.next(images.withKeptContent(resample(from.shown, width, height)), steps);
  }
  if (from) {
    // Without style layers, a continuation starts from another run's image: put the kept content back.
    return ScaleState.resume(recipe, from.styleLayers ? from : { ...from, image: images.withKeptContent(from.image) });
  }
  const initial = images.withKeptContent(
    initialImage(recipe, { content: images.content, styles: images.styles, image }),
  );
  return new ScaleState(recipe, initial, createOptimizer(recipe, initial), steps);
}
