/** Makes the layers of the style term comparable: the gradients at the image get one norm. */
import type { ContentTarget, Program, RegionTarget, StyleTarget } from '../backend/backend.js';
import { withholdGradient } from '../image/masks.js';
import { dot } from '../image/vectors.js';
import type { LayerWeight } from '../recipe/recipe.js';
import type { Planes } from '../types/run.js';

/**
 * Gradient normalisation once, at the start: each layer's weight is multiplied so that all gradients have the mean of
 * their norms. (Johnson's neural-style normalises at every step, which changes the objective while it is minimised; and
 * L-BFGS needs one that stands still.) A layer without a gradient keeps its weight.
 * @param image [3, height, width]
 * @param content the content term's targets; their weights do not count here
 * @param targets the regions' targets by layer
 * @param keep where the image stays as it is: gradients do not count there
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
