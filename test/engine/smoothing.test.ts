import { describe, expect, it } from 'vitest';
import { Smoothing } from '../../src/engine/optimizer/smoothing.js';
import { dot } from '../../src/engine/image/linear-algebra.js';
import { noiseImage } from '../../src/engine/image/noise.js';

const SIZES = [
  [32, 24],
  [33, 27],
  [17, 64],
  [5, 40],
] as const;

function smoothed(width: number, height: number, planes: Float32Array): Float32Array {
  const copy = planes.slice();
  new Smoothing(width, height).apply(copy);
  return copy;
}

/** Factor by which the operator scales the norm of an image. */
function gain(width: number, height: number, valueAt: (x: number, y: number) => number): number {
  const wave = Float32Array.from({ length: width * height }, (_, i) => valueAt(i % width, Math.floor(i / width)));
  return Math.sqrt(dot(smoothed(width, height, wave), smoothed(width, height, wave)) / dot(wave, wave));
}

describe('the initial inverse Hessian of L-BFGS', () => {
  it.each(SIZES)('is symmetric and positive at %i x %i', (width, height) => {
    const [a, b] = [noiseImage(width, height, 1).data, noiseImage(width, height, 2).data];
    const [ab, ba] = [dot(a, smoothed(width, height, b)), dot(b, smoothed(width, height, a))];
    expect(ab).toBeCloseTo(ba, 2);
    for (const noise of [a, b]) {
      expect(dot(noise, smoothed(width, height, noise))).toBeGreaterThan(0.99 * dot(noise, noise));
    }
  });

  it('has gain 1 at the pixel frequency and about twice as much per octave', () => {
    expect(gain(64, 64, (x, y) => (-1) ** (x + y))).toBeCloseTo(1, 1);
    const wave = (period: number) => gain(64, 64, (x) => Math.cos((2 * Math.PI * (x + 0.5)) / period));
    for (const period of [4, 8, 16]) {
      const ratio = wave(2 * period) / wave(period);
      expect(ratio).toBeGreaterThan(1.5);
      expect(ratio).toBeLessThan(2.5);
    }
    expect(gain(64, 64, () => 1)).toBeGreaterThan(12);
  });

  it('treats planes independently', () => {
    const { data } = noiseImage(16, 12, 3);
    const plane = data.subarray(192, 384);
    expect(smoothed(16, 12, data).subarray(192, 384)).toEqual(smoothed(16, 12, plane));
  });

  it('is the identity for images too small to halve', () => {
    const { data } = noiseImage(7, 7, 4);
    expect(smoothed(7, 7, data)).toEqual(data);
  });
});
