import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { normalize } from '../../src/engine/index.js';
import { haveSharedFiles, VGG19_FILE } from '../support/shared-files.js';
import {
  decodeFloats,
  evaluatorOf,
  pixels,
  REFERENCE_SCRIPT,
  relativeError,
  storedCases,
  type ReferenceCase,
} from './reference.js';

/** The bar of the project for losses and gradient against PyTorch. */
const TOLERANCE = 1e-4;

async function expectAgreement(reference: ReferenceCase, file?: string) {
  const { evaluator, image } = await evaluatorOf(reference, file);
  const { losses, gradient } = await evaluator.evaluate(image);
  await evaluator.release();
  const close = (actual: number, expected: number) =>
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(TOLERANCE * Math.abs(expected));
  close(losses.total, reference.total);
  close(losses.totalVariation, reference.totalVariation);
  const byTerm = { content: reference.contentLosses, style: reference.styleLosses };
  expect(losses.layers).toHaveLength(reference.content.length + reference.styleLayers.length);
  for (const { term, layer, loss } of losses.layers) close(loss, byTerm[term][layer]!);
  expect(relativeError(gradient, decodeFloats(reference.gradient))).toBeLessThanOrEqual(TOLERANCE);
}

describe('the objective against reference values made in float64', () => {
  it.each(Object.entries(storedCases()))('%s', async (_name, reference) => {
    await expectAgreement(reference);
  });
});

const torch = spawnSync('/usr/bin/python3', ['-c', 'import torch']).status === 0;

describe.skipIf(!torch)('the objective against PyTorch float32, run now (skipped without python3-torch)', () => {
  it('agrees on every network at hand', async () => {
    const files = haveSharedFiles ? [VGG19_FILE] : [];
    const python = spawnSync('/usr/bin/python3', [REFERENCE_SCRIPT, '--float32', ...files], { maxBuffer: 1e8 });
    expect(python.stderr.toString()).toBe('');
    const cases = Object.values(JSON.parse(python.stdout.toString()) as Record<string, ReferenceCase>);
    expect(cases).toHaveLength(3 + files.length);
    for (const reference of cases) {
      await expectAgreement(reference, reference.network === 'vgg19' ? VGG19_FILE : undefined);
    }
  });
});

describe('the gradient against finite differences', () => {
  it.each(Object.entries(storedCases()))('%s', async (_name, reference) => {
    const { evaluator, image } = await evaluatorOf(reference);
    const gradient = (await evaluator.evaluate(image)).gradient.slice();
    // Along the gradient itself the change is largest, so float32's rounding of the loss matters least.
    const norm = Math.hypot(...gradient);
    const along = async (length: number) => {
      const moved = image.map((v, i) => v + (length * gradient[i]!) / norm);
      return (await evaluator.evaluate(moved)).losses.total;
    };
    const h = 0.005;
    const slope = ((await along(h)) - (await along(-h))) / (2 * h);
    await evaluator.release();
    expect(Math.abs(slope - norm) / norm).toBeLessThan(2e-3);
  });
});

describe('balanced style layers', () => {
  it('have gradients of one norm at the start, and the same sum of norms', async () => {
    const [reference] = Object.values(storedCases());
    const normsOf = async (balanceStyleLayers: boolean) => {
      const norms: number[] = [];
      const { evaluator } = await evaluatorOf(reference!, undefined, { balanceStyleLayers });
      // Balancing happens where a run starts: at the content.
      const image = normalize(pixels(reference!.width, reference!.height, 0)).data;
      const { styleLayers } = evaluator as unknown as { styleLayers: { layer: string; weight: number }[] };
      await evaluator.release();
      for (const alone of styleLayers) {
        const single = await evaluatorOf(reference!, undefined, {
          contentWeight: 0,
          totalVariationWeight: 0,
          styleLayers: [{ layer: alone.layer, weight: alone.weight * 16 }],
        });
        norms.push(Math.hypot(...(await single.evaluator.evaluate(image)).gradient));
        await single.evaluator.release();
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
