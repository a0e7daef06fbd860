import { beforeAll, describe, expect, it } from 'vitest';
import { normalize, type Evaluation } from '../../src/engine/index.js';
import { ONNX_CPU, type Candidate } from './backends.js';
import { decodeFloats, expectAgreement, pixels, relativeError, storedCases } from './reference.js';

/** Step of the finite differences, in units of the normalised image. */
const H = 0.005;

/**
 * Tests that a backend computes the losses and gradients of the stored cases. Measured relative errors are 1e-6; the
 * limit is 1e-4 (reference.ts).
 */
export function describeParity({ name, cases, evaluate, missing }: Candidate): void {
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

    it.skipIf(name === ONNX_CPU.name)(`agrees with ${ONNX_CPU.name} at another image`, async () => {
      const other = (await ONNX_CPU.evaluate(of, [elsewhere]))[0]!;
      expect(relativeError(there.gradient, other.gradient)).toBeLessThan(1e-4);
      expect(there.losses.total / other.losses.total).toBeCloseTo(1, 4);
    });
  });
}
