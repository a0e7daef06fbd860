/**
 * Parity: all backends that this machine can start compute the same losses and gradients. Measured relative errors are
 * 1e-6; the limit is 1e-4 (reference.ts).
 */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadNetwork, normalize, resolveRecipe, type Evaluation, type Pooling } from '../../src/engine/index.js';
import { createEvaluator } from '../../src/engine/objective/evaluator.js';
import { maskPlane } from '../../src/engine/image/masks.js';
import { CANDIDATES, startTfjs } from './backends.js';
import {
  decodeFloats,
  embeddedNetwork,
  expectAgreement,
  pixels,
  ramp,
  relativeError,
  storedCases,
} from './reference.js';

const REFERENCE = CANDIDATES[0]!;
/** Step of the finite differences, in units of the normalised image. */
const H = 0.005;

describe.each(CANDIDATES)('$name', ({ name, cases, evaluate, missing }) => {
  describe.skipIf(missing).each(cases)(`%s ${missing ?? ''}`, (of) => {
    const reference = storedCases()[of]!;
    const { width, height } = reference;
    const image = normalize(pixels(width, height, 5)).data;
    const elsewhere = normalize(pixels(width, height, 11)).data;
    // The loss changes fastest along the gradient, so float32 rounding matters least there.
    const slope = decodeFloats(reference.gradient);
    const norm = Math.hypot(...slope);
    const moved = (length: number) => image.map((v, i) => v + (length * slope[i]!) / norm);
    let at: Evaluation, after: Evaluation, before: Evaluation, there: Evaluation;

    // One call for all images: SwiftShader compiles its shaders for each program, which takes up to a minute.
    beforeAll(async () => {
      const images = [image, moved(H), moved(-H), elsewhere];
      [at, after, before, there] = (await evaluate(of, images)) as [Evaluation, Evaluation, Evaluation, Evaluation];
    }, 300_000);

    it('agrees with the reference values in float64', () => expectAgreement(at, reference));

    it('agrees with finite differences', () => {
      const change = (after.losses.total - before.losses.total) / (2 * H);
      const expected = at.gradient.reduce((sum, g, i) => sum + (g * slope[i]!) / norm, 0);
      expect(Math.abs(change - expected) / expected).toBeLessThan(2e-3);
    });

    it.skipIf(name === REFERENCE.name)(`agrees with ${REFERENCE.name} at another image`, async () => {
      const other = (await REFERENCE.evaluate(of, [elsewhere]))[0]!;
      expect(relativeError(there.gradient, other.gradient)).toBeLessThan(1e-4);
      expect(there.losses.total / other.losses.total).toBeCloseTo(1, 4);
    });
  });
});

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
