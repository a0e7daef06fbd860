/**
 * The objective at one size: total = alpha * sum_l w_l content_l + beta * sum_l w_l style_l + gamma * tv (Gatys, Ecker
 * & Bethge 2016, with means instead of sums). The backend computes content_l, style_l and their gradients.
 */
import type { Backend, ContentTarget, Program, StyleTarget } from '../backend/backend.js';
import { EngineError } from '../errors.js';
import { keepContent, withholdGradient } from '../image/masks.js';
import type { Network } from '../network/network.js';
import { vgg19Channels } from '../network/topology.js';
import type { LayerWeight, Recipe } from '../recipe/recipe.js';
import { balanceStyleLayers } from './balance.js';
import { planRegions } from './regions.js';
import { captureContent, captureRegions, type WeightedStyle } from './targets.js';
import { addTotalVariation } from './total-variation.js';
import type { Evaluation, LayerLoss, Planes } from '../types/run.js';

/** Losses and gradient of the objective at an image of one size. */
export interface Evaluator {
  readonly width: number;
  readonly height: number;
  /** The style layers with their effective weights: scaled to the network's width, balanced if the recipe says so. */
  readonly styleLayers: readonly LayerWeight[];
  /**
   * @param image normalised, [3, height, width]
   * @throws EngineError `DIVERGED` if the losses or the gradient are not finite, `BACKEND_FAILED`
   */
  evaluate(image: Float32Array): Promise<Evaluation>;
  release(): Promise<void>;
}

export interface EvaluatorOptions {
  readonly network: Network;
  /** Normalised, at the working size. */
  readonly content: Planes;
  /** Normalised, of any sizes. */
  readonly styles: readonly WeightedStyle[];
  /**
   * Keep mask K, same size as the content. The objective is evaluated at K c + (1 - K) x and differentiated with respect to
   * x.
   */
  readonly keep?: Planes | undefined;
  readonly recipe: Recipe;
  readonly backend: Backend;
  /** Image at which the style layers are balanced, [3, height, width]. Default: the content. */
  readonly start?: Float32Array;
  /** Effective weights of the style layers, to resume. Default: computed. */
  readonly styleLayers?: readonly LayerWeight[];
}

/** Captures the targets and compiles the program. Throws `INVALID_MASK` if a region is empty. */
export async function createEvaluator({
  network,
  content,
  styles,
  keep,
  recipe,
  backend,
  start = content.data,
  styleLayers,
}: EvaluatorOptions): Promise<Evaluator> {
  const { pooling } = recipe;
  const { width, height } = content;
  const contentTargets = await captureContent(backend, network, recipe, content);
  const regions = planRegions(styles, keep);
  const styleTargets = await captureRegions(backend, network, recipe, regions);
  const names = (layers: readonly LayerWeight[]) => layers.map(({ layer }) => layer);
  const program = await backend.compile({
    network,
    pooling,
    width,
    height,
    contentLayers: names(recipe.contentLayers),
    styleLayers: names(recipe.styleLayers),
    ...(regions[0]?.mask && { maskedRegions: regions.length }),
  });
  const weighted = <T>(layers: readonly LayerWeight[], termWeight: number, target: (layer: string) => T) =>
    new Map(layers.map(({ layer, weight }) => [layer, { ...target(layer), weight: termWeight * weight }]));
  const contentTerm = weighted(recipe.contentLayers, recipe.contentWeight, (layer) => ({
    target: contentTargets.get(layer)!,
  }));
  if (!styleLayers) {
    styleLayers = scaledStyleLayers(network, recipe.styleLayers);
    if (recipe.balanceStyleLayers) {
      try {
        styleLayers = await balanceStyleLayers(program, start, styleLayers, contentTerm, styleTargets, keep);
      } catch (error) {
        await program.release();
        throw error;
      }
    }
  }
  const styleTerm = weighted(styleLayers, recipe.styleWeight, (layer) => ({ regions: styleTargets.get(layer)! }));
  const kept = keep && { mask: keep, content, composed: new Float32Array(content.data.length) };
  return new ObjectiveEvaluator(program, recipe, styleLayers, contentTerm, styleTerm, kept, width, height);
}

/**
 * Scales the weights to the network's width. style_l contains 1 / C_l^2 and, in G_l, 1 / C_l, so it grows as the network gets
 * narrower. With w_l multiplied by (C_l / VGG19's C_l)^2, a recipe has the same effect at every width; VGG19 is unchanged.
 */
function scaledStyleLayers(network: Network, layers: readonly LayerWeight[]): LayerWeight[] {
  return layers.map(({ layer, weight }) => {
    const channels = network.layers.find(({ name }) => name === layer)!.outChannels;
    return { layer, weight: weight * (channels / vgg19Channels(layer)) ** 2 };
  });
}

/** The content that a mask keeps, and a buffer for K c + (1 - K) x. */
interface Kept {
  readonly mask: Planes;
  readonly content: Planes;
  readonly composed: Float32Array;
}

class ObjectiveEvaluator implements Evaluator {
  readonly #gradient: Float32Array;

  constructor(
    readonly program: Program,
    readonly recipe: Recipe,
    readonly styleLayers: readonly LayerWeight[],
    readonly contentTerm: ReadonlyMap<string, ContentTarget>,
    readonly styleTerm: ReadonlyMap<string, StyleTarget>,
    readonly kept: Kept | undefined,
    readonly width: number,
    readonly height: number,
  ) {
    this.#gradient = new Float32Array(3 * width * height);
  }

  async evaluate(x: Float32Array): Promise<Evaluation> {
    const { kept } = this;
    const image = kept ? keepContent(x, kept.content, kept.mask, kept.composed) : x;
    const { contentWeight, styleWeight, totalVariationWeight, contentLayers } = this.recipe;
    const gradient = this.#gradient;
    const { contentLosses, styleLosses } = await this.program.run(image, this.contentTerm, this.styleTerm, gradient);
    const totalVariation = addTotalVariation(image, this.width, this.height, totalVariationWeight, gradient);
    if (kept) withholdGradient(gradient, kept.mask);
    const content = weightedSum(contentLayers, contentLosses);
    const style = weightedSum(this.styleLayers, styleLosses);
    const total = contentWeight * content + styleWeight * style + totalVariationWeight * totalVariation;
    if (!Number.isFinite(total) || !allFinite(gradient)) {
      throw new EngineError('DIVERGED', 'The losses are not finite. Lower `learningRate` or the weights.');
    }
    const layers = [...layerLosses('content', contentLosses), ...layerLosses('style', styleLosses)];
    return { losses: { total, content, style, totalVariation, layers }, gradient };
  }

  release(): Promise<void> {
    return this.program.release();
  }
}

const weightedSum = (layers: readonly LayerWeight[], losses: ReadonlyMap<string, number>) =>
  layers.reduce((sum, { layer, weight }) => sum + weight * losses.get(layer)!, 0);

const layerLosses = (term: LayerLoss['term'], losses: ReadonlyMap<string, number>): LayerLoss[] =>
  [...losses].map(([layer, loss]) => ({ term, layer, loss }));

function allFinite(values: Float32Array): boolean {
  let sum = 0;
  for (const value of values) sum += Math.abs(value);
  return Number.isFinite(sum);
}
