/** Parity of all backends that this machine can start, and memory of TensorFlow. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { loadNetwork, normalize, resolveRecipe, type Pooling } from '../../src/engine/index.js';
import { createEvaluator } from '../../src/engine/objective/evaluator.js';
import { maskPlane } from '../../src/engine/image/masks.js';
import { CANDIDATES, startTfjs } from './backends.js';
import { describeParity } from './parity.js';
import { embeddedNetwork, pixels, ramp } from './reference.js';

describe.each(CANDIDATES)('$name', describeParity);

describe('the memory of the tensorflow backend', () => {
  it.each<[string, Pooling, boolean]>([
    ['MAX pooling', 'MAX', false],
    ['AVERAGE pooling', 'AVERAGE', false],
    ['masks', 'MAX', true],
  ])('does not grow over 500 steps and is released: %s', async (_what, pooling, isMasked) => {
    const half = (slope: number) => maskPlane(ramp(32, 31, [128, slope, 0]), { width: 32, height: 31 });
    const backend = await startTfjs('wasm');
    const before = tf.memory();
    const evaluator = await createEvaluator({
      network: await loadNetwork(embeddedNetwork('vgg19-quarter')),
      content: normalize(pixels(32, 31, 0)),
      styles: (isMasked ? [half(20), half(-20)] : [undefined]).map((mask) => ({
        image: normalize(pixels(40, 32, 3)),
        weight: 1,
        mask,
      })),
      keep: isMasked ? half(5) : undefined,
      recipe: resolveRecipe('balanced', {
        pooling,
        contentLayers: [{ layer: 'relu2_1', weight: 1 }],
        styleLayers: [
          { layer: 'relu1_1', weight: 1 },
          { layer: 'relu2_1', weight: 1 },
        ],
      }),
      backend,
    });
    const image = normalize(pixels(32, 31, 5)).data;
    await evaluator.evaluate(image);
    const afterOne = tf.memory();
    for (let step = 2; step <= 500; step++) await evaluator.evaluate(image);
    expect(tf.memory()).toMatchObject({ numTensors: afterOne.numTensors, numBytes: afterOne.numBytes });
    await evaluator.release();
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
  });
});
