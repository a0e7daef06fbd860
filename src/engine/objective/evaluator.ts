/**
 * The objective at one size: total = alpha * sum_l w_l content_l + beta * sum_l w_l style_l + gamma * tv (Gatys, Ecker
 * & Bethge 2016, with means in place of sums). The network's part is the backend's, the rest is here.
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
  /** The style layers with the weights that count: portable, and balanced where the recipe says so. */
  readonly styleLayers: readonly LayerWeight[];
  /**
   * @param image normalised, [3, height, width]
   * @throws EngineError `DIVERGED` where the losses or the gradient are not finite, `BACKEND_FAILED`
   */
  evaluate(image: Float32Array): Promise<Evaluation>;
  release(): Promise<void>;
}

export interface EvaluatorOptions {
  readonly network: Network;
  /** Normalised, of the size to work at. */
  readonly content: Planes;
  /** Normalised, each of any size. */
  readonly styles: readonly WeightedStyle[];
  /**
   * Where the content stays, of its size. With K in it, the objective is that of K c + (1 - K) x, and the gradient the one
   * by x.
   */
  readonly keep?: Planes | undefined;
  readonly recipe: Recipe;
  readonly backend: Backend;
  /** Where the optimisation starts, [3, height, width], the content unless given: style layers are balanced there. */
  readonly start?: Float32Array;
  /** `styleLayers` of the evaluator that this one takes over from; worked out unless given. */
  readonly styleLayers?: readonly LayerWeight[];
}

/** Throws `INVALID_MASK` where a mask leaves nothing to paint. */
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
    styleLayers = portableStyleLayers(network, recipe.styleLayers);
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
 * style_l has 1 / C_l^2 and, within G_l, 1 / C_l: for features alike it grows as a network gets narrower. Multiplying
 * w_l by (C_l / VGG19's C_l)^2 makes a recipe mean the same on every width; on VGG19 itself it changes nothing.
 */
function portableStyleLayers(network: Network, layers: readonly LayerWeight[]): LayerWeight[] {
  return layers.map(({ layer, weight }) => {
    const channels = network.layers.find(({ name }) => name === layer)!.outChannels;
    return { layer, weight: weight * (channels / vgg19Channels(layer)) ** 2 };
  });
}

/** What of the content stays, and a buffer for the picture with it. */
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

  async evaluate(free: Float32Array): Promise<Evaluation> {
    const { kept } = this;
    const image = kept ? keepContent(free, kept.content, kept.mask, kept.composed) : free;
    const { contentWeight, styleWeight, totalVariationWeight, contentLayers } = this.recipe;
    const gradient = this.#gradient;
    const { contentLosses, styleLosses } = await this.program.run(image, this.contentTerm, this.styleTerm, gradient);
    const totalVariation = addTotalVariation(image, this.width, this.height, totalVariationWeight, gradient);
    if (kept) withholdGradient(gradient, kept.mask);
    const content = weightedSum(contentLayers, contentLosses);
    const style = weightedSum(this.styleLayers, styleLosses);
    const total = contentWeight * content + styleWeight * style + totalVariationWeight * totalVariation;
    if (!Number.isFinite(total) || !allFinite(gradient)) {
      throw new EngineError(
        'DIVERGED',
        'the losses are no longer finite numbers; a lower learning rate or lower weights help',
      );
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
