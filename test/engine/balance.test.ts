import { describe, expect, it } from 'vitest';
import { normalize } from '../../src/engine/index.js';
import { evaluatorOf, pixels, storedCases } from './reference.js';

describe('balanced style layers', () => {
  it('have gradients of equal norm at the start and keep the sum of the norms', async () => {
    const reference = storedCases()['one-content-layer']!;
    // The run starts from the content.
    const image = normalize(pixels(reference.width, reference.height, 0)).data;

    const normsOf = async (balanceStyleLayers: boolean) => {
      const { evaluator } = await evaluatorOf(reference, undefined, undefined, { balanceStyleLayers });
      await evaluator.release();
      const norms: number[] = [];
      for (const { layer, weight } of evaluator.styleLayers) {
        const alone = await evaluatorOf(reference, undefined, undefined, {
          contentWeight: 0,
          totalVariationWeight: 0,
          // For the quarter network, the recipe's weights are divided by 16.
          styleLayers: [{ layer, weight: weight * 16 }],
        });
        norms.push(Math.hypot(...(await alone.evaluator.evaluate(image)).gradient));
        await alone.evaluator.release();
      }
      return norms;
    };

    const before = await normsOf(false);
    const after = await normsOf(true);
    const mean = before.reduce((sum, norm) => sum + norm, 0) / before.length;
    expect(Math.max(...before) / Math.min(...before)).toBeGreaterThan(2);
    for (const norm of after) expect(norm / mean).toBeCloseTo(1, 3);
  });
});
