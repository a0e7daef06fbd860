/** The run itself: ties objective, optimiser and schedule together and yields one record a step. */
import type { Backend, PlanarImage } from './backend/backend.js';
import { EngineError } from './errors.js';
import { flatten, joinAlpha, splitAlpha, type AlphaPlane } from './image/alpha.js';
import { colorStatistics } from './image/color-statistics.js';
import { matchColors, transferLuminance } from './image/colors.js';
import { IterateAverage } from './image/iterate-average.js';
import { initialImage, type InitialSources } from './image/initial-image.js';
import { denormalize, normalize } from './image/normalize.js';
import { resample } from './image/resample.js';
import type { Network } from './network/network.js';
import { createEvaluator } from './objective/evaluator.js';
import { Adam } from './optimizer/adam.js';
import { Lbfgs } from './optimizer/lbfgs.js';
import type { Optimizer } from './optimizer/optimizer.js';
import type { Recipe } from './recipe/recipe.js';
import { checkRecipe } from './recipe/resolve.js';
import { fitSize, MIN_SIDE } from './schedule/fit-size.js';
import { planScales, type ScalePlan } from './schedule/pyramid.js';
import type { RgbImage, StepRecord, StyleImage } from './types.js';

export interface StylizeRequest {
  /** Its alpha is put back on the result and on every image shown. */
  readonly content: RgbImage;
  /** At least one; flattened on white. */
  readonly styles: readonly StyleImage[];
  /** The picture to begin with, of any size and stretched to the content's; just where the recipe says IMAGE. */
  readonly initialImage?: RgbImage | undefined;
  readonly recipe: Recipe;
  readonly network: Network;
  readonly backend: Backend;
  /** Number of the first record; 1 unless a session goes on. */
  readonly firstSeq?: number;
}

/** A record and, made only when called for, the picture after its step, at the current scale's size. */
export interface StylizeStep extends StepRecord {
  image(): RgbImage;
}

/**
 * Optimises an image against the content's features and the styles' Gram matrices. A scale whose optimiser has converged
 * ends before its share of the steps.
 * @returns the finished picture, as the generator's return value
 * @throws EngineError `INVALID_RECIPE`, `DIVERGED`, `BACKEND_FAILED`; the signal's reason where it was aborted
 */
export async function* stylize(
  request: StylizeRequest,
  { signal }: { signal?: AbortSignal } = {},
): AsyncGenerator<StylizeStep, RgbImage, undefined> {
  const { recipe, network, backend, firstSeq = 1 } = request;
  checkRecipe(recipe);
  checkInitialImage(request);
  const startedAt = performance.now();
  const pictures = preparePictures(request);
  const scales = planScales(pictures.content.width, pictures.content.height, recipe);
  let state: OptimisationState | undefined;
  let step = 0;
  let evaluations = 0;
  for (const [index, scale] of scales.entries()) {
    const content = resample(pictures.content, scale.width, scale.height);
    const styles = pictures.styles.map(({ image, weight }) => ({ image: shrink(image, scale.factor), weight }));
    state = state ? enlarge(state, scale) : initialState(recipe, { content, styles, picture: request.initialImage });
    const average = new IterateAverage(recipe.averageDecay, state.image.data.length);
    const evaluator = await createEvaluator({ network, content, styles, recipe, backend });
    try {
      for (let i = 0; i < scale.steps; i++) {
        signal?.throwIfAborted();
        const data: Float32Array = state.image.data;
        const taken = await state.optimizer.step(data, (image) => evaluator.evaluate(image));
        average.add(data);
        step += 1;
        evaluations += taken.evaluations;
        yield {
          seq: firstSeq + step - 1,
          step,
          totalSteps: recipe.steps,
          scale: { index, count: scales.length, width: scale.width, height: scale.height },
          losses: taken.losses,
          evaluations,
          elapsedMs: performance.now() - startedAt,
          image: () => present({ ...scale, data: average.value() }, { content, alpha: pictures.alpha }, recipe),
        };
        if (taken.converged) break;
      }
    } finally {
      await evaluator.release();
    }
    state = { ...state, image: { width: scale.width, height: scale.height, data: average.value() } };
  }
  return present(state!.image, pictures, recipe);
}

interface OptimisationState {
  readonly image: PlanarImage;
  readonly optimizer: Optimizer;
}

interface Shown {
  readonly content: PlanarImage;
  readonly alpha: AlphaPlane | undefined;
}

/** Normalised and of the recipe's size: the content at its own aspect ratio, each style at its own. */
function preparePictures({ content, styles, recipe }: StylizeRequest) {
  const { width, height } = fitSize(content.width, content.height, recipe);
  const { image, alpha } = splitAlpha(content, width, height);
  const colors = recipe.colors === 'COLOR_MATCHING' && colorStatistics(image, alpha?.data);
  const fittedStyle = (style: RgbImage) => {
    const size = fitSize(style.width, style.height, recipe);
    const fitted = resample(normalize(flatten(style)), size.width, size.height);
    return colors ? matchColors(fitted, colors) : fitted;
  };
  return { content: image, alpha, styles: styles.map((style) => ({ ...style, image: fittedStyle(style.image) })) };
}

/** What is shown of an image; the content has the same size. */
function present(image: PlanarImage, { content, alpha }: Shown, { colors }: Recipe): RgbImage {
  return joinAlpha(denormalize(colors === 'LUMINANCE_TRANSFER' ? transferLuminance(image, content) : image), alpha);
}

function checkInitialImage({ recipe, initialImage }: StylizeRequest): void {
  if ((recipe.initialImage === 'IMAGE') === (initialImage !== undefined)) return;
  const message = initialImage
    ? `there is a picture to begin with, but initialImage is ${recipe.initialImage}; make it IMAGE or leave the picture out`
    : 'initialImage IMAGE needs a picture to begin with';
  throw new EngineError('INVALID_RECIPE', message, 'initialImage');
}

function initialState(recipe: Recipe, sources: InitialSources): OptimisationState {
  const image = initialImage(recipe, sources);
  return { image, optimizer: createOptimizer(recipe, image.data.length) };
}

function createOptimizer({ optimizer, learningRate }: Recipe, length: number): Optimizer {
  return optimizer === 'ADAM' ? Adam.create(learningRate!, length) : new Lbfgs();
}

/** The next scale goes on from this one's picture and momentum. */
function enlarge({ image, optimizer }: OptimisationState, { width, height }: ScalePlan): OptimisationState {
  return { image: resample(image, width, height), optimizer: optimizer.resized(image, { width, height }) };
}

/** Not below what the network's poolings need, at its own aspect ratio. */
function shrink(image: PlanarImage, factor: number): PlanarImage {
  const least = Math.min(1, MIN_SIDE / Math.min(image.width, image.height));
  const side = (n: number) => Math.round(n * Math.max(least, factor));
  return resample(image, side(image.width), side(image.height));
}
