/** Targets of the objective, captured once per scale. */
import type { Backend, RegionTarget } from '../backend/backend.js';
import type { Network } from '../network/network.js';
import type { Recipe } from '../recipe/recipe.js';
import { inLayers, type MaskedStyle, type Region } from './regions.js';
import type { Planes } from '../types/run.js';

export interface WeightedStyle extends MaskedStyle {
  readonly image: Planes;
}

/** The targets and masks of all regions, by layer. Throws `INVALID_MASK`. */
export async function captureRegions(
  backend: Backend,
  network: Network,
  recipe: Pick<Recipe, 'pooling' | 'styleLayers'>,
  regions: readonly Region<WeightedStyle>[],
): Promise<ReadonlyMap<string, readonly RegionTarget[]>> {
  const layers = recipe.styleLayers.map(({ layer }) => layer);
  const targets = new Map<string, RegionTarget[]>(layers.map((layer) => [layer, []]));
  for (const region of regions) {
    const there = inLayers(region, layers);
    const blended = await captureStyle(backend, network, recipe, region.styles);
    for (const layer of layers) targets.get(layer)!.push({ target: blended.get(layer)!, ...there.get(layer)! });
  }
  return targets;
}

/** A_l by layer, [C, C]: the weighted mean of the styles' Gram matrices. The number of styles does not affect steps. */
async function captureStyle(
  backend: Backend,
  network: Network,
  recipe: Pick<Recipe, 'pooling' | 'styleLayers'>,
  styles: readonly WeightedStyle[],
): Promise<ReadonlyMap<string, Float32Array>> {
  const grams = recipe.styleLayers.map(({ layer }) => layer);
  const sum = styles.reduce((total, { weight }) => total + weight, 0);
  const blended = new Map<string, Float32Array>();
  for (const { image, weight } of styles) {
    const captured = await backend.capture({ network, pooling: recipe.pooling, image, features: [], grams });
    for (const [layer, gram] of captured.grams) {
      const target = blended.get(layer) ?? new Float32Array(gram.length);
      for (let i = 0; i < gram.length; i++) target[i]! += (weight / sum) * gram[i]!;
      blended.set(layer, target);
    }
  }
  return blended;
}

/** P_l by layer, [C, N]. */
export async function captureContent(
  backend: Backend,
  network: Network,
  recipe: Pick<Recipe, 'pooling' | 'contentLayers' | 'contentWeight'>,
  image: Planes,
): Promise<ReadonlyMap<string, Float32Array>> {
  const features = recipe.contentLayers.map(({ layer }) => layer);
  if (features.length === 0) return new Map();
  return (await backend.capture({ network, pooling: recipe.pooling, image, features, grams: [] })).features;
}
