import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denormalize, fitSize, normalize } from '../../src/engine/index.js';
import { IterateAverage } from '../../src/engine/image/iterate-average.js';
import { noiseImage } from '../../src/engine/image/noise.js';
import { resample } from '../../src/engine/image/resample.js';
import { addTotalVariation } from '../../src/engine/objective/total-variation.js';
import { planScales } from '../../src/engine/schedule/pyramid.js';
import { pixels } from './reference.js';

describe('normalisation', () => {
  it('follows (v / 255 - mean) / std, plane by plane', () => {
    const { data } = normalize({ width: 2, height: 1, data: Uint8Array.of(0, 128, 255, 51, 0, 10) });
    const expected = [-0.485 / 0.229, (0.2 - 0.485) / 0.229, (128 / 255 - 0.456) / 0.224, -0.456 / 0.224];
    expected.forEach((value, i) => expect(data[i]).toBeCloseTo(value, 5));
  });

  it('round-trips to the same bytes', () => {
    const source = pixels(31, 17, 4);
    expect(denormalize(normalize(source))).toEqual(source);
  });

  it('clips values out of range', () => {
    const far = { width: 1, height: 1, data: Float32Array.of(9, -9, 0) };
    expect([...denormalize(far).data]).toEqual([255, 0, Math.round(0.406 * 255)]);
  });
});

describe('resampling', () => {
  const size = fc.integer({ min: 1, max: 40 });

  it('keeps a flat image flat at any size', () => {
    fc.assert(
      fc.property(size, size, size, size, (w, h, toW, toH) => {
        const flat = { width: w, height: h, data: new Float32Array(3 * w * h).fill(0.7) };
        const { data } = resample(flat, toW, toH);
        expect(data).toHaveLength(3 * toW * toH);
        expect(Math.max(...data.map((v) => Math.abs(v - 0.7)))).toBeLessThan(1e-5);
      }),
    );
  });

  it('keeps a linear ramp, away from the edges', () => {
    const ramp = { width: 32, height: 4, data: Float32Array.from({ length: 3 * 32 * 4 }, (_, i) => i % 32) };
    for (const width of [16, 48, 64]) {
      const { data } = resample(ramp, width, 4);
      for (let x = Math.ceil(width / 8); x < width - width / 8; x++) {
        expect(data[x]).toBeCloseTo(((x + 0.5) * 32) / width - 0.5, 3);
      }
    }
  });

  it('removes frequencies above the Nyquist limit when shrinking', () => {
    const stripes = { width: 64, height: 4, data: Float32Array.from({ length: 3 * 64 * 4 }, (_, i) => i % 2) };
    const { data } = resample(stripes, 8, 4);
    // The first and last sample see the repeated edge.
    const inner = data.filter((_, i) => i % 8 > 0 && i % 8 < 7);
    expect(Math.max(...inner.map((v) => Math.abs(v - 0.5)))).toBeLessThan(0.02);
  });
});

describe('total variation', () => {
  it('is the mean squared difference of neighbours', () => {
    // One channel 0 1 / 2 4, the others flat: pairs 1, 4 (rows) and 4, 9 (columns) over 12 pairs.
    const image = Float32Array.of(0, 1, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0);
    const gradient = new Float32Array(12);
    expect(addTotalVariation(image, 2, 2, 6, gradient)).toBeCloseTo((1 + 4 + 4 + 9) / 12);
    expect([...gradient.subarray(0, 4)]).toEqual([-3, -2, 0, 5]);
    expect([...gradient.subarray(4)]).toEqual(new Array(8).fill(0));
  });
});

describe('the average of iterates', () => {
  it('is the newest iterate without decay', () => {
    const average = IterateAverage.create(0, 2);
    average.add(Float32Array.of(1, 2));
    average.add(Float32Array.of(3, 4));
    expect([...average.value()]).toEqual([3, 4]);
  });

  it('is unbiased from the first iterate on', () => {
    const average = IterateAverage.create(0.9, 1);
    average.add(Float32Array.of(2));
    expect(average.value()[0]).toBeCloseTo(2, 5);
    average.add(Float32Array.of(4));
    expect(average.value()[0]).toBeCloseTo((0.9 * 2 + 4) / 1.9, 5);
  });
});

describe('noise', () => {
  it('depends on the seed', () => {
    expect(noiseImage(8, 8, 1)).toEqual(noiseImage(8, 8, 1));
    expect(noiseImage(8, 8, 1)).not.toEqual(noiseImage(8, 8, 2));
  });

  it('has mean 0 and standard deviation 0.5', () => {
    const { data } = noiseImage(100, 100, 3);
    const mean = data.reduce((a, b) => a + b, 0) / data.length;
    const deviation = Math.sqrt(data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length);
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(deviation).toBeCloseTo(0.5, 1);
  });
});

describe('sizes', () => {
  it('fits the side that sizeOf names', () => {
    expect(fitSize(800, 600, { size: 256, sizeOf: 'LONG_SIDE' })).toEqual({ width: 256, height: 192 });
    expect(fitSize(800, 600, { size: 128, sizeOf: 'SHORT_SIDE' })).toEqual({ width: 170, height: 128 });
  });

  it('keeps the aspect ratio of very long images within MIN_SIDE and MAX_SIDE', () => {
    expect(fitSize(10_000, 100, { size: 256, sizeOf: 'SHORT_SIDE' })).toEqual({ width: 4096, height: 40 });
    expect(fitSize(700, 40, { size: 32, sizeOf: 'LONG_SIDE' })).toEqual({ width: 280, height: 16 });
    expect(fitSize(40, 700, { size: 32, sizeOf: 'LONG_SIDE' })).toEqual({ width: 16, height: 280 });
    expect(fitSize(20_000, 16, { size: 512, sizeOf: 'LONG_SIDE' })).toEqual({ width: 4096, height: 16 });
    const side = fc.integer({ min: 16, max: 4000 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 32, max: 2048 }), fc.boolean(), (w, h, size, isLong) => {
        const fitted = fitSize(w, h, { size, sizeOf: isLong ? 'LONG_SIDE' : 'SHORT_SIDE' });
        expect(Math.min(fitted.width, fitted.height)).toBeGreaterThanOrEqual(16);
        expect(Math.max(fitted.width, fitted.height)).toBeLessThanOrEqual(4096);
        // The aspect ratio is equal up to one pixel.
        expect(Math.abs(fitted.width * h - fitted.height * w)).toBeLessThanOrEqual(Math.max(w, h));
      }),
    );
  });

  it('plans scales whose steps add up and whose last has the full size', () => {
    const sides = fc.integer({ min: 16, max: 2048 });
    fc.assert(
      fc.property(
        sides,
        sides,
        fc.integer({ min: 32, max: 2048 }),
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 1.1, max: 4, noNaN: true }),
        fc.double({ min: 0.1, max: 4, noNaN: true }),
        (w, h, minScale, steps, scaleRatio, stepRatio) => {
          const scales = planScales(w, h, { minScale, steps, scaleRatio, stepRatio });
          expect(scales.reduce((sum, scale) => sum + scale.steps, 0)).toBe(steps);
          expect(scales.every((scale) => scale.steps > 0 && Math.min(scale.width, scale.height) >= 16)).toBe(true);
          expect(scales.at(-1)).toMatchObject({ width: w, height: h, factor: 1 });
        },
      ),
    );
  });

  it('plans fewer steps for larger scales if stepRatio is below 1', () => {
    const scales = planScales(512, 512, { minScale: 64, scaleRatio: 2, stepRatio: 1 / 3, steps: 400 });
    expect(scales.map(({ width, steps }) => [width, steps])).toEqual([
      [64, 270],
      [128, 90],
      [256, 30],
      [512, 10],
    ]);
  });

  it('halves the pixels from scale to scale', () => {
    const scales = planScales(256, 192, { minScale: 128, scaleRatio: Math.SQRT2, stepRatio: 1, steps: 90 });
    expect(scales.map(({ width, height, steps }) => [width, height, steps])).toEqual([
      [128, 96, 30],
      [181, 136, 30],
      [256, 192, 30],
    ]);
  });
});
