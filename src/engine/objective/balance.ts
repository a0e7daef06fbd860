import type { ContentTarget, Program, RegionTarget, StyleTarget } from '../backend/backend.js';
import { withholdGradient } from '../image/masks.js';
import { dot } from '../image/linear-algebra.js';
import type { LayerWeight } from '../recipe/recipe.js';
import type { Planes } from '../types/run.js';

/**
 * Rescales the weights of the style layers so that the gradients of all layers have the same norm: the mean of their norms.
 * Done once per scale. (Johnson's neural-style normalises at every step, which changes the objective during the
 * optimisation; L-BFGS needs a fixed objective.) A layer with a zero gradient keeps its weight.
 * @param image [3, height, width]
 * @param content the targets of the content term; their weights are ignored
 * @param targets the targets of the regions, by layer
 * @param keep keep mask
 */
export async function balanceStyleLayers(
  program: Program,
  image: Float32Array,
  layers: readonly LayerWeight[],
  content: ReadonlyMap<string, ContentTarget>,
  targets: ReadonlyMap<string, readonly RegionTarget[]>,
  keep: Planes | undefined,
): Promise<LayerWeight[]> {
  const silent = new Map([...content].map(([layer, { target }]) => [layer, { target, weight: 0 }]));
  const gradient = new Float32Array(image.length);
  const norms: number[] = [];
  for (const { layer: alone, weight } of layers) {
    const style = layers.map(({ layer }): [string, StyleTarget] => [
      layer,
      { regions: targets.get(layer)!, weight: layer === alone ? weight : 0 },
    ]);
    await program.run(image, silent, new Map(style), gradient);
    if (keep) withholdGradient(gradient, keep);
    norms.push(Math.sqrt(dot(gradient, gradient)));
  }
  const mean = norms.reduce((sum, norm) => sum + norm, 0) / norms.length;
  return layers.map(({ layer, weight }, i) => ({
    layer,
    weight: norms[i]! > 0 ? (weight * mean) / norms[i]! : weight,
  }));
}
