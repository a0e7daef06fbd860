import { describe, expect, it } from 'vitest';
import { normalize, type Recipe, type Planes } from '../../src/engine/index.js';
import { blendStatistics, colorStatistics } from '../../src/engine/image/color-statistics.js';
import { initialImage } from '../../src/engine/run/initial-image.js';
import { resample } from '../../src/engine/image/resample.js';
import { pixels } from './reference.js';
import { request, runThrough } from './runs.js';

const content = normalize(pixels(60, 48, 0));
const styles = [
  { image: normalize(pixels(40, 30, 3)), weight: 3 },
  { image: normalize({ width: 4, height: 4, data: new Uint8Array(48).fill(240) }), weight: 1 },
];
const source = pixels(33, 21, 8);
const start = (kind: Recipe['initialImage'], seed = 1, noiseRatio: number | null = null) =>
  initialImage({ initialImage: kind, seed, noiseRatio }, { content, styles, image: source });

describe('the statistics of a mixture', () => {
  it('equal those of all pixels together', () => {
    const [one, other] = [normalize(pixels(30, 20, 1)), normalize(pixels(30, 10, 6))];
    const plane = ({ data }: Planes, c: number) => data.subarray((c * data.length) / 3, ((c + 1) * data.length) / 3);
    const together = {
      width: 30,
      height: 30,
      data: Float32Array.from([0, 1, 2].flatMap((c) => [...plane(one, c), ...plane(other, c)])),
    };
    const blended = blendStatistics([
      { ...colorStatistics(one), weight: 2 },
      { ...colorStatistics(other), weight: 1 },
    ]);
    const expected = colorStatistics(together);
    blended.mean.forEach((value, i) => expect(value).toBeCloseTo(expected.mean[i]!, 6));
    blended.covariance.forEach((value, i) => expect(value).toBeCloseTo(expected.covariance[i]!, 6));
  });
});

describe('the initial image', () => {
  it('is a copy of the content for CONTENT', () => {
    const image = start('CONTENT');
    expect(image).toEqual(content);
    expect(image.data).not.toBe(content.data);
  });

  it('is noise with the mean and covariance of the styles for STYLE', () => {
    const { mean, covariance } = colorStatistics(start('STYLE'));
    const expected = blendStatistics(styles.map(({ image, weight }) => ({ ...colorStatistics(image), weight })));
    mean.forEach((value, i) => expect(Math.abs(value - expected.mean[i]!)).toBeLessThan(0.1));
    covariance.forEach((value, i) => expect(Math.abs(value - expected.covariance[i]!)).toBeLessThan(0.15));
  });

  it('is grey noise for a grey style', () => {
    const grey = {
      image: normalize({ width: 32, height: 1, data: new Uint8Array(96).map((_, i) => 8 * Math.floor(i / 3)) }),
      weight: 1,
    };
    const { data } = initialImage(
      { initialImage: 'STYLE', seed: 1, noiseRatio: null },
      { content, styles: [grey], image: source },
    );
    const { covariance } = colorStatistics({ ...content, data });
    const correlation = covariance[1]! / Math.sqrt(covariance[0]! * covariance[4]!);
    expect(correlation).toBeGreaterThan(0.999);
  });

  it('is a mix of content and noise for BLEND', () => {
    expect(start('BLEND', 1, 0)).toEqual(content);
    expect(start('BLEND', 1, 1)).toEqual(start('NOISE', 1));
    const [noise, third] = [start('NOISE', 1), start('BLEND', 1, 0.25)];
    third.data.forEach((value, i) => expect(value).toBeCloseTo(0.25 * noise.data[i]! + 0.75 * content.data[i]!, 5));
  });

  it('is the given image, stretched, for IMAGE', () => {
    expect(start('IMAGE')).toEqual(resample(normalize(source), 60, 48));
  });

  it.each(['NOISE', 'STYLE', 'BLEND'] as const)('depends only on the seed for %s', (kind) => {
    expect(start(kind, 7, 0.5)).toEqual(start(kind, 7, 0.5));
    expect(start(kind, 8, 0.5)).not.toEqual(start(kind, 7, 0.5));
  });
});

describe('a run with an initial image', () => {
  it.each(['CONTENT', 'NOISE', 'STYLE', 'BLEND', 'IMAGE'] as const)(
    'from %s gives the same bytes again',
    async (kind) => {
      const asked = {
        ...(await request('draft', { size: 48, minScale: 32, steps: 6, initialImage: kind, seed: 5 })),
        ...(kind === 'IMAGE' && { initialImage: source }),
      };
      const first = await runThrough(asked);
      const again = await runThrough(asked);
      expect(again.result).toEqual(first.result);
      expect(again.steps.map(({ losses }) => losses)).toEqual(first.steps.map(({ losses }) => losses));
    },
  );

  it('starts from the initial image', async () => {
    const asked = await request('classic', { network: 'vgg19-quarter', size: 32, steps: 1, initialImage: 'IMAGE' });
    // At the content itself, the content loss is 0.
    const from = async (initialImage: typeof source) =>
      (await runThrough({ ...asked, initialImage })).steps[0]!.losses.content;
    expect(await from(asked.content)).toBeLessThan(1e-9);
    expect(await from(source)).toBeGreaterThan(0.1);
  });

  it('rejects an initial image without IMAGE, and IMAGE without an initial image', async () => {
    const refusal = { code: 'INVALID_RECIPE', field: 'initialImage' };
    await expect(runThrough(await request('draft', { initialImage: 'IMAGE' }))).rejects.toMatchObject(refusal);
    const asked = { ...(await request('draft', {})), initialImage: source };
    await expect(runThrough(asked)).rejects.toMatchObject(refusal);
  });
});
