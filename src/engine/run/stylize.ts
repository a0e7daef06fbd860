/** The run itself: ties objective, optimiser and schedule together and yields one record a step. */
import type { Backend } from '../backend/backend.js';
import type { RunState } from '../checkpoint/begin-continuation.js';
import { encodeCheckpoint } from '../checkpoint/codec.js';
import { stateIn, type CheckpointForm } from '../checkpoint/lean.js';
import { openCheckpoint } from '../checkpoint/open.js';
import { fingerprint } from '../checkpoint/origin.js';
import { EngineError } from '../errors.js';
import { IterateAverage } from '../image/iterate-average.js';
import { initialImage, type InitialSources } from './initial-image.js';
import { checkMasks, prepareImages, present, scaled, withKept } from './images.js';
import { resample } from '../image/resample.js';
import { checkHasLayers } from './has-layers.js';
import type { Network } from '../network/network.js';
import { createEvaluator } from '../objective/evaluator.js';
import { createOptimizer, restoreOptimizer } from '../optimizer/create.js';
import type { Optimizer } from '../optimizer/optimizer.js';
import { Plateau } from '../optimizer/plateau.js';
import type { Recipe } from '../recipe/recipe.js';
import { checkRecipe } from '../recipe/recipe.js';
import { planContinuation, type Continuation } from '../schedule/pyramid.js';
import { planScales, type ScalePlan } from '../schedule/pyramid.js';
import type { GreyImage, RgbImage } from '../../core/pixels.js';
import type { Planes, StepRecord, StyleImage } from '../types/run.js';

export interface StylizeRequest {
  /** Its alpha is put back on the result and on every image shown. */
  readonly content: RgbImage;
  /** At least one; flattened on white. */
  readonly styles: readonly StyleImage[];
  /** The picture to begin with, of any size and stretched to the content's; just where the recipe says IMAGE. */
  readonly initialImage?: RgbImage | undefined;
  /** Where the content stays untouched: the picture shown and returned is the content's there, to the bit where it is 255. */
  readonly keepMask?: GreyImage | undefined;
  readonly recipe: Recipe;
  readonly network: Network;
  readonly backend: Backend;
  /** A checkpoint of the same run: this one goes on from there, as if it had not been interrupted. */
  readonly resume?: Uint8Array;
  /** This run goes on where that of the checkpoint has ended, instead of going on with it; `resume` is needed then. */
  readonly continuation?: Continuation | undefined;
  /** Number of the first record; unless given, 1, or the one after the checkpoint's. */
  readonly firstSeq?: number;
}

/** A record and what is made only when called for, which must be before the next step is asked for. */
export interface StylizeStep extends StepRecord {
  /** The picture after the step, at the current scale's size. */
  image(): RgbImage;
  /** The state after the step, for `resume`, FULL unless asked otherwise; `decodeCheckpoint` reads it. */
  checkpoint(form?: CheckpointForm): Uint8Array;
  /** Whether the run ends with this step. */
  readonly isLast: boolean;
}

/**
 * Optimises an image against the content's features and the styles' Gram matrices. A scale whose optimiser has converged
 * ends before its share of the steps; so does one on which the loss no longer falls as the recipe's `minImprovement` asks.
 * @returns the finished picture, as the generator's return value
 * @throws EngineError `INVALID_RECIPE`, `INVALID_MASK`, `CHECKPOINT_INVALID`, `DIVERGED`, `BACKEND_FAILED`; the signal's
 * reason where it was aborted
 */
export async function* stylize(
  request: StylizeRequest,
  { signal }: { signal?: AbortSignal } = {},
): AsyncGenerator<StylizeStep, RgbImage, undefined> {
  const { recipe, network, backend, continuation } = request;
  checkRecipe(recipe);
  checkHasLayers(
    network.layers.map(({ name }) => name),
    recipe,
  );
  checkInitialImage(request);
  if (continuation && !request.resume) throw new EngineError('CHECKPOINT_INVALID', 'there is no state to go on from');
  const startedAt = performance.now();
  const pictures = prepareImages(request.content, request.styles, request.keepMask, recipe);
  const pyramid = planScales(pictures.content.width, pictures.content.height, recipe);
  const scales = continuation ? planContinuation(pyramid, continuation) : pyramid;
  const totalSteps = continuation ? continuation.fromStep + continuation.steps : recipe.steps;
  // Of a continuation, only the last scale is painted.
  checkMasks(
    pictures,
    scales.filter(({ steps }) => steps > 0),
    recipe,
  );
  const origin = fingerprint(recipe, network, pictures.content, continuation);
  const resumed = request.resume && openCheckpoint(request.resume, { origin, scales, recipe, continuation });
  let { seq, step, evaluations } = resumed ?? { seq: 0, step: 0, evaluations: 0 };
  if (request.firstSeq !== undefined) seq = request.firstSeq - 1;
  let state: OptimisationState | undefined;
  for (const [index, scale] of scales.entries()) {
    if (resumed && index < resumed.scaleIndex) continue;
    const fitted = scaled(pictures, scale);
    const { content, styles, keep } = fitted;
    const takenUp = index === resumed?.scaleIndex ? resumed : undefined;
    if (takenUp) state = restoreState(recipe, takenUp);
    else
      state = state
        ? enlarge(state, recipe, scale)
        : initialState(recipe, { content, styles, picture: request.initialImage }, scale);
    // A continuation that begins with another picture is no exception.
    if (!takenUp?.styleLayers) state = { ...state, image: withKept(state.image, fitted) };
    const { image, average, optimizer } = state;
    let { stepsLeft } = state;
    const plateau = new Plateau(recipe.minImprovement, [...(takenUp?.totals ?? [])]);
    const { styleLayers } = takenUp ?? {};
    const evaluator = await createEvaluator({
      network,
      content,
      styles,
      keep,
      recipe,
      backend,
      start: image.data,
      styleLayers,
    });
    try {
      while (stepsLeft > 0) {
        signal?.throwIfAborted();
        const taken = await optimizer.step(image.data, (at) => evaluator.evaluate(at));
        average.add(image.data);
        seq += 1;
        step += 1;
        evaluations += taken.evaluations;
        stepsLeft = taken.converged || plateau.reached(taken.losses.total) ? 0 : stepsLeft - 1;
        const at = { seq, step, evaluations, elapsedMs: (resumed?.elapsedMs ?? 0) + performance.now() - startedAt };
        const held = {
          scaleIndex: index,
          stepsLeft,
          image,
          average: average.state,
          styleLayers: evaluator.styleLayers,
          totals: plateau.totals,
        };
        yield {
          ...at,
          totalSteps,
          scale: { index, count: scales.length, width: scale.width, height: scale.height },
          losses: taken.losses,
          image: () => present(shownImage(image, average), fitted, recipe),
          checkpoint: (form = 'FULL') =>
            encodeCheckpoint({ origin, ...at, ...held, optimizer: stateIn(form, optimizer.state) }),
          isLast: stepsLeft === 0 && index === scales.length - 1,
        };
      }
    } finally {
      await evaluator.release();
    }
  }
  return present(shownImage(state!.image, state!.average), pictures, recipe);
}

/** Where the run stands within a scale. */
interface OptimisationState {
  readonly image: Planes;
  readonly average: IterateAverage;
  readonly optimizer: Optimizer;
  readonly stepsLeft: number;
}

function initialState(recipe: Recipe, sources: InitialSources, { steps }: ScalePlan): OptimisationState {
  const image = initialImage(recipe, sources);
  const { length } = image.data;
  const average = IterateAverage.create(recipe.averageDecay, length);
  return { image, average, optimizer: createOptimizer(recipe, image), stepsLeft: steps };
}

function checkInitialImage({ recipe, initialImage }: StylizeRequest): void {
  if ((recipe.initialImage === 'IMAGE') === (initialImage !== undefined)) return;
  const message = initialImage
    ? `there is a picture to begin with, but initialImage is ${recipe.initialImage}; make it IMAGE or leave the picture out`
    : 'initialImage IMAGE needs a picture to begin with';
  throw new EngineError('INVALID_RECIPE', message, 'initialImage');
}

/** The next scale goes on from this one's picture and momentum. */
function enlarge(state: OptimisationState, recipe: Recipe, scale: ScalePlan): OptimisationState {
  const image = resample(shownImage(state.image, state.average), scale.width, scale.height);
  const average = IterateAverage.create(recipe.averageDecay, image.data.length);
  return { image, average, optimizer: state.optimizer.resized(state.image, scale), stepsLeft: scale.steps };
}

function restoreState(recipe: Recipe, { image, average, optimizer, stepsLeft }: RunState): OptimisationState {
  return {
    image,
    average: new IterateAverage(recipe.averageDecay, average),
    optimizer: restoreOptimizer(recipe, image, optimizer),
    stepsLeft,
  };
}

/** What a scale shows and leaves to the next. */
function shownImage({ width, height }: Planes, average: IterateAverage): Planes {
  return { width, height, data: average.value() };
}
