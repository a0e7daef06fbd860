import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denormalize, normalize, type Planes } from '../../src/engine/index.js';
import { colorStatistics } from '../../src/engine/image/color-statistics.js';
import { matchColors } from '../../src/engine/image/colors.js';
import { multiply, symmetricPower } from '../../src/engine/image/linear-algebra.js';
import { resample } from '../../src/engine/image/resample.js';
import { pixels } from './reference.js';
import { request, runThrough } from './runs.js';
import type { RgbImage } from '../../src/core/pixels.js';

/** Y', B' - Y' and R' - Y' (Rec. 709) of each pixel, in grey levels. */
function lumaAndChroma({ data }: RgbImage): [number, number, number][] {
  return Array.from({ length: data.length / 3 }, (_, i) => {
    const [r, g, b] = [data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!];
    const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    return [luma, b - luma, r - luma];
  });
}

/** Pixels with a channel at 0 or 255 may have been clipped. */
const isClipped = ({ data }: RgbImage, i: number) => data.subarray(3 * i, 3 * i + 3).some((v) => v === 0 || v === 255);

/** An image of soft colours around the given one. */
function tinted(width: number, height: number, [r, g, b]: readonly [number, number, number], salt: number): RgbImage {
  const { data } = pixels(width, height, salt);
  return { width, height, data: data.map((v, i) => [r, g, b][i % 3]! + (v - 128) / 8) };
}

function meanColor({ data }: RgbImage): number[] {
  return [0, 1, 2].map((c) => data.filter((_, i) => i % 3 === c).reduce((sum, v) => sum + v, 0) / (data.length / 3));
}

describe('the power of a symmetric matrix', () => {
  it('follows the power law of exponents', () => {
    const entry = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 9, maxLength: 9 }), (entries) => {
        const root = Float64Array.from(entries);
        // M M^T + I has eigenvalues of at least 1.
        const transposed = root.map((_, i) => root[3 * (i % 3) + Math.floor(i / 3)]!);
        const matrix = multiply(root, transposed).map((x, i) => (i % 4 === 0 ? x + 1 : x));
        const half = symmetricPower(matrix, 0.5);
        multiply(half, half).forEach((x, i) => expect(x).toBeCloseTo(matrix[i]!, 8));
        multiply(symmetricPower(matrix, -1), matrix).forEach((x, i) => expect(x).toBeCloseTo(i % 4 === 0 ? 1 : 0, 8));
      }),
    );
  });
});

describe('colour matching', () => {
  const content = normalize(tinted(40, 30, [60, 90, 150], 1));
  const target = colorStatistics(content);

  it('gives a style the mean and covariance of the content', () => {
    const { mean, covariance } = colorStatistics(matchColors(normalize(tinted(24, 32, [190, 160, 60], 5)), target));
    mean.forEach((value, i) => expect(value).toBeCloseTo(target.mean[i]!, 3));
    covariance.forEach((value, i) => expect(Math.abs(value - target.covariance[i]!)).toBeLessThan(2e-3));
  });

  it('keeps an image that already has them', () => {
    const matched = matchColors(content, target);
    expect(Math.max(...matched.data.map((v, i) => Math.abs(v - content.data[i]!)))).toBeLessThan(1e-5);
  });

  it('keeps the structure of a grey style, and keeps a flat style flat', () => {
    const flat: Planes = { width: 5, height: 4, data: new Float32Array(60).fill(0.3) };
    const { data } = matchColors(flat, target);
    for (let i = 0; i < 60; i++) expect(data[i]).toBeCloseTo(target.mean[Math.floor(i / 20)]!, 5);
    const grey = normalize({
      width: 32,
      height: 1,
      data: Uint8Array.from({ length: 96 }, (_, i) => 8 * Math.floor(i / 3)),
    });
    const { mean, covariance } = colorStatistics(matchColors(grey, target));
    mean.forEach((value, i) => expect(value).toBeCloseTo(target.mean[i]!, 1));
    expect(covariance.every(Number.isFinite)).toBe(true);
  });
});

describe('a run that keeps the content’s colours', () => {
  const content = tinted(48, 36, [60, 90, 150], 1);
  const asked = async (colors: 'STYLE' | 'LUMINANCE_TRANSFER' | 'COLOR_MATCHING') => ({
    ...(await request('draft', { size: 48, minScale: 32, steps: 12, colors })),
    content,
    styles: [{ image: tinted(40, 40, [200, 140, 50], 6), weight: 1 }],
  });
  const distance = (a: number[], b: number[]) => Math.hypot(...a.map((v, i) => v - b[i]!));

  it('combines the luma of the run with the chroma of the content for LUMINANCE_TRANSFER', async () => {
    const plain = await runThrough(await asked('STYLE'));
    const { steps, result } = await runThrough(await asked('LUMINANCE_TRANSFER'));
    expect(result).toEqual(steps.at(-1)!.image());
    expect(steps.at(-1)!.losses).toEqual(plain.steps.at(-1)!.losses);
    // Also in previews of the coarse scale.
    const coarse = steps.find(({ scale }) => scale.index === 0)!.image();
    for (const shown of [result, coarse]) {
      const { width, height } = shown;
      const of = lumaAndChroma(denormalize(resample(normalize(content), width, height)));
      lumaAndChroma(shown).forEach(([, blue, red], i) => {
        if (isClipped(shown, i)) return;
        // Both images are rounded to grey levels.
        expect(Math.abs(blue - of[i]![1])).toBeLessThan(2);
        expect(Math.abs(red - of[i]![2])).toBeLessThan(2);
      });
    }
    const luma = lumaAndChroma(plain.result);
    lumaAndChroma(result).forEach(([y], i) => {
      if (!isClipped(result, i) && !isClipped(plain.result, i)) expect(Math.abs(y - luma[i]![0])).toBeLessThan(2);
    });
  });

  it('uses the palette of the content for COLOR_MATCHING', async () => {
    const [plain, matched] = [await runThrough(await asked('STYLE')), await runThrough(await asked('COLOR_MATCHING'))];
    const wanted = meanColor(content);
    expect(distance(meanColor(matched.result), wanted)).toBeLessThan(distance(meanColor(plain.result), wanted) / 2);
  });
});
