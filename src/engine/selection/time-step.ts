import type { Backend } from '../backend/backend.js';
import { noiseImage } from '../image/noise.js';
import { locateNetwork } from '../install/resolve.js';
import { loadNetwork } from '../network/network.js';
import { createEvaluator } from '../objective/evaluator.js';
import { resolveRecipe } from '../recipe/presets.js';

/**
 * Seconds of one evaluation of the draft recipe's objective (the quarter network) at size x size pixels: the shortest of
 * `steps`, after one that is not counted. Throws what the backend throws.
 */
export async function timeStep(backend: Backend, size: number, { steps = 5 } = {}): Promise<number> {
  const recipe = resolveRecipe('draft');
  const network = await loadNetwork((await locateNetwork(recipe)).file);
  const content = noiseImage(size, size, 1);
  const styles = [{ image: noiseImage(size, size, 2), weight: 1 }];
  const evaluator = await createEvaluator({ network, content, styles, recipe, backend });
  try {
    let shortest = Infinity;
    for (let step = 0; step <= steps; step++) {
      const begun = performance.now();
      await evaluator.evaluate(content.data);
      if (step > 0) shortest = Math.min(shortest, (performance.now() - begun) / 1000);
    }
    return shortest;
  } finally {
    await evaluator.release();
  }
}
