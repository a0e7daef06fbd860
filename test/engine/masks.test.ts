import { describe, expect, it } from 'vitest';
import {
  createEvaluator,
  decodeCheckpoint,
  denormalize,
  normalize,
  type Recipe,
  type StylizeRequest,
} from '../../src/engine/index.js';
import { buildObjective } from '../../src/engine/backend/onnx/objective-graph.js';
import { splitAlpha } from '../../src/engine/image/alpha.js';
import { maskPlane, resampleMask } from '../../src/engine/image/masks.js';
import { resample } from '../../src/engine/image/resample.js';
import { inLayers, planRegions } from '../../src/engine/objective/regions.js';
import { pixels, ramp, relativeError } from './reference.js';
import { request, runThrough } from './runs.js';
import type { GreyImage, RgbImage } from '../../src/core/pixels.js';
import type { Planes } from '../../src/engine/types/run.js';

/** A mask of the size of `request`'s content, white where `isWhite` is true. */
function mask(isWhite: (x: number, y: number) => boolean, width = 60, height = 45): GreyImage {
  const value = (i: number) => (isWhite((i % width) / width, Math.floor(i / width) / height) ? 255 : 0);
  return { width, height, data: Uint8Array.from({ length: width * height }, (_, i) => value(i)) };
}

const LEFT = mask((x) => x < 0.5);
const RIGHT = mask((x) => x >= 0.5);
const WHITE = mask(() => true);
const BLACK = mask(() => false);

const plane = (values: readonly number[], width = values.length): Planes => ({
  width,
  height: values.length / width,
  data: Float32Array.from(values),
});

describe('regions', () => {
  it('are the whole image without masks', () => {
    const styles = [{ weight: 3 }, { weight: 1 }];
    const regions = planRegions(styles, undefined);
    expect(regions).toEqual([{ styles, firstStyle: 0, isOnly: true, strength: 1, mask: undefined }]);
    expect(inLayers(regions[0]!, ['relu3_1'])).toEqual(new Map([['relu3_1', { mask: undefined, share: 1 }]]));
  });

  it('group styles with the same mask; styles without a mask share the remaining area', () => {
    const styles = [
      { weight: 1 },
      { weight: 3, mask: plane([1, 0.75, 0, 0]) },
      { weight: 5, mask: plane([1, 0.75, 0, 0]) },
      { weight: 1 },
      { weight: 4, mask: plane([0, 0.5, 0, 1]) },
    ];
    const regions = planRegions(styles, undefined);
    expect(regions.map(({ styles: of }) => of.map((style) => styles.indexOf(style)))).toEqual([[0, 3], [1, 2], [4]]);
    expect(regions.map(({ mask: of }) => [...of!.data])).toEqual([
      [0, 0, 1, 0],
      [1, 0.75, 0, 0],
      [0, 0.5, 0, 1],
    ]);
    // The mean weights of the regions are 1, 4 and 4.
    expect(regions[1]!.strength / regions[0]!.strength).toBeCloseTo(4, 12);
    expect(regions[2]!.strength / regions[0]!.strength).toBeCloseTo(4, 12);
  });

  it('exclude the kept content', () => {
    const styles = [{ weight: 1, mask: plane([1, 0.5, 0, 0]) }, { weight: 1 }];
    const regions = planRegions(styles, plane([0.5, 0, 1, 0]));
    expect(regions.map(({ mask: of }) => [...of!.data])).toEqual([
      [0.5, 0.5, 0, 0],
      [0, 0.5, 0, 1],
    ]);
  });

  it('are halved at each pooling, without odd last rows and columns', () => {
    // prettier-ignore
    const half = plane([
      1, 1, 1, 0, 1,
      1, 1, 0, 0, 1,
      1, 1, 0, 0, 1,
    ], 5);
    const [region] = planRegions([{ weight: 1, mask: half }], undefined);
    const { mask: of, share } = inLayers(region!, ['relu2_1']).get('relu2_1')!;
    // 1 and 1/4, scaled to a mean square of 1; the region's share of the image is the mean square.
    expect(share).toBeCloseTo((1 + 1 / 16) / 2, 6);
    expect(of![0]! / of![1]!).toBeCloseTo(4, 6);
    expect((of![0]! ** 2 + of![1]! ** 2) / 2).toBeCloseTo(1, 6);
  });
});

describe('the objective with masks', () => {
  const LAYERS = ['relu1_1', 'relu2_1', 'relu3_1'];

  async function evaluate(masks: readonly (GreyImage | undefined)[], keep?: GreyImage, weights = [1, 1]) {
    const { network, backend, recipe } = await request('balanced', {
      styleLayers: LAYERS.map((layer) => ({ layer, weight: 1 })),
    });
    const size = { width: 32, height: 32 };
    const evaluator = await createEvaluator({
      network,
      backend,
      recipe,
      content: normalize(pixels(32, 32, 0)),
      styles: masks.map((of, i) => ({
        image: normalize(pixels(40, 40, 3 + i)),
        weight: weights[i]!,
        mask: of && maskPlane(of, size),
      })),
      keep: keep && maskPlane(keep, size),
    });
    const { losses, gradient } = await evaluator.evaluate(normalize(pixels(32, 32, 5)).data);
    await evaluator.release();
    return { losses, gradient };
  }

  it('has no mask inputs without masks, and one graph for all masks', async () => {
    const { network } = await request('balanced', {});
    const asked = { network, pooling: 'MAX', width: 32, height: 32, contentLayers: [], styleLayers: LAYERS } as const;
    const inputs = (maskedRegions?: number) =>
      Buffer.from(buildObjective({ ...asked, maskedRegions }))
        .toString('latin1')
        .match(/mask:relu\d_\d:\d/g) ?? [];
    expect(inputs()).toEqual([]);
    expect(new Set(inputs(2)).size).toBe(6);
  });

  it('equals the objective without masks if all masks are white or evenly grey', async () => {
    const without = await evaluate([undefined, undefined], undefined, [3, 1]);
    const white = await evaluate([WHITE, WHITE], undefined, [3, 1]);
    expect(relativeError(white.gradient, without.gradient)).toBeLessThan(1e-5);
    expect(white.losses.style / without.losses.style).toBeCloseTo(1, 5);
    const grey = { ...WHITE, data: WHITE.data.map(() => 128) };
    const weaker = await evaluate([grey, grey], undefined, [3, 1]);
    expect(weaker.losses.style / without.losses.style).toBeCloseTo((128 / 255) ** 2, 5);
  });

  it('has the same gradient in a region as without masks, and none outside', async () => {
    const { gradient: whole } = await evaluate([undefined]);
    const { gradient } = await evaluate(
      [undefined],
      mask((x) => x < 0.5),
    );
    const sum = (of: Float32Array, from: number, to: number) =>
      of.reduce((total, g, i) => total + (i % 32 >= from && i % 32 < to ? Math.abs(g) : 0), 0);
    expect(sum(gradient, 0, 15)).toBe(0);
    const ratio = sum(gradient, 20, 32) / sum(whole, 20, 32);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});

describe('a mask without area to paint is rejected before the run', () => {
  const speck = mask((x, y) => x > 0.5 && x < 0.53 && y > 0.5 && y < 0.54);
  const refusals: [string, (GreyImage | undefined)[], GreyImage | undefined, string][] = [
    ['a black one', [LEFT, BLACK], undefined, 'styles.1.mask'],
    ['one that is nearly black', [{ ...BLACK, data: BLACK.data.map(() => 7) }], undefined, 'styles.0.mask'],
    ['one that is too small for the deepest layer', [undefined, speck], undefined, 'styles.1.mask'],
    ['one within what is kept', [undefined, LEFT], LEFT, 'styles.1.mask'],
    ['masks that leave nothing for a style without one', [LEFT, RIGHT, undefined], undefined, 'styles.2.mask'],
    ['one that keeps everything', [undefined, undefined], WHITE, 'keepMask'],
  ];

  it.each(refusals)('%s', async (_what, masks, keepMask, field) => {
    const asked = await request('draft', { size: 48, minScale: 32, steps: 2 });
    const styles = masks.map((of) => ({ ...asked.styles[0]!, mask: of }));
    await expect(runThrough({ ...asked, styles, keepMask })).rejects.toMatchObject({ code: 'INVALID_MASK', field });
  });
});

/** Two distinct styles: dark red and pale green. */
const flat = (r: number, g: number, b: number): RgbImage => {
  const texture = pixels(40, 40, 4);
  const tint = [r, g, b];
  return { ...texture, data: texture.data.map((v, i) => Math.round(0.15 * v + 0.85 * tint[i % 3]!)) };
};
const RED = flat(150, 10, 20);
const GREEN = flat(120, 230, 130);

/** Mean of red minus green over a range of columns. */
function redness({ width, data }: RgbImage, from: number, to: number): number {
  const isInside = (i: number) => Math.floor(i / 3) % width >= from * width && Math.floor(i / 3) % width < to * width;
  let sum = 0;
  let count = 0;
  data.forEach((value, i) => {
    if (!isInside(i)) return;
    if (i % 3 === 0) sum += value;
    if (i % 3 === 1) sum -= value;
    count += 1 / 3;
  });
  return sum / count;
}

describe('two styles with a mask each', () => {
  it.each([
    ['Adam', { optimizer: 'ADAM', learningRate: 0.05, steps: 150 }],
    ['L-BFGS', { optimizer: 'LBFGS', steps: 30 }],
  ] as const)('are painted where their masks are white (%s)', async (_name, optimizer) => {
    const asked = await request('draft', { size: 48, minScale: 48, contentWeight: 0.1, ...optimizer });
    const paint = async (first: GreyImage, second: GreyImage | undefined) => {
      const styles = [
        { image: RED, weight: 1, mask: first },
        { image: GREEN, weight: 1, mask: second },
      ];
      return await runThrough({ ...asked, styles });
    };
    const { result: redLeft, steps } = await paint(LEFT, RIGHT);
    const { result: redRight } = await paint(RIGHT, LEFT);
    expect(redness(redLeft, 0, 0.4) - redness(redRight, 0, 0.4)).toBeGreaterThan(60);
    expect(redness(redRight, 0.6, 1) - redness(redLeft, 0.6, 1)).toBeGreaterThan(60);
    // A style without a mask gets the remaining area, here the opposite mask.
    const { steps: left } = await paint(LEFT, undefined);
    expect(left[0]!.losses.total / steps[0]!.losses.total).toBeCloseTo(1, 4);
  });
});

describe('the kept content', () => {
  const keepMask = mask((x, y) => x > 0.3 && y > 0.4);

  /** Expects the image to equal the content where the mask, resampled to its size, is white. */
  function expectKept(image: RgbImage, content: RgbImage, finalSize: { width: number; height: number }) {
    const full = splitAlpha(content, finalSize.width, finalSize.height);
    const expected = denormalize(resample(full.image, image.width, image.height));
    const keep = resampleMask(maskPlane(keepMask, finalSize), image.width, image.height);
    const kept = [...keep.data.keys()].filter((i) => keep.data[i] === 1);
    expect(kept.length).toBeGreaterThan(100);
    for (const i of kept) {
      expect([...image.data.subarray(3 * i, 3 * i + 3)]).toEqual([...expected.data.subarray(3 * i, 3 * i + 3)]);
    }
    const painted = [...keep.data.keys()].filter((i) => keep.data[i] === 0);
    const change = painted.reduce((sum, i) => sum + Math.abs(image.data[3 * i]! - expected.data[3 * i]!), 0);
    return change / painted.length;
  }

  const cases: [string, Parameters<typeof request>[1], Partial<StylizeRequest>?][] = [
    ['Adam, a running average', { optimizer: 'ADAM', averageDecay: 0.9 }],
    ['L-BFGS, total variation', { optimizer: 'LBFGS', totalVariationWeight: 5 }],
    ['balanced layers', { balanceStyleLayers: true }],
    ['the content’s brightness only', { colors: 'LUMINANCE_TRANSFER' }],
    ['the content’s palette', { colors: 'COLOR_MATCHING' }],
    ...(['NOISE', 'STYLE', 'BLEND'] as Recipe['initialImage'][]).map(
      (initialImage): [string, Parameters<typeof request>[1]] => [`a start from ${initialImage}`, { initialImage }],
    ),
    ['a start from another image', { initialImage: 'IMAGE' }, { initialImage: pixels(33, 21, 8) }],
    ['alpha', {}, { content: { ...pixels(60, 45, 0), alpha: new Uint8Array(60 * 45).fill(128) } }],
    [
      'a style’s mask beside it',
      {},
      {
        styles: [
          { image: RED, weight: 1, mask: LEFT },
          { image: GREEN, weight: 2 },
        ],
      },
    ],
  ];

  it.each(cases)('has the content’s pixels in previews and the result: %s', async (_what, overrides, changes) => {
    const asked = {
      ...(await request('draft', { size: 48, minScale: 32, steps: 8, ...overrides })),
      keepMask,
      ...changes,
    };
    const shown: RgbImage[] = [];
    const { result } = await runThrough(asked, (step) => shown.push(step.image()));
    expect(new Set(shown.map(({ width }) => width)).size).toBeGreaterThan(1);
    for (const image of shown) expectKept(image, asked.content, result);
    expect(expectKept(result, asked.content, result)).toBeGreaterThan(1);
  });

  it('does not prevent L-BFGS from lowering the loss at every step', async () => {
    const soft = ramp(60, 45, [100, 6, 1]);
    const asked = await request('draft', { size: 48, minScale: 48, steps: 20, optimizer: 'LBFGS' });
    const { steps } = await runThrough({ ...asked, keepMask: soft });
    const totals = steps.map(({ losses }) => losses.total);
    totals.slice(1).forEach((total, i) => expect(total).toBeLessThanOrEqual(totals[i]!));
    expect(totals.at(-1)!).toBeLessThan(0.7 * totals[0]!);
  });
});

describe('a run with masks', () => {
  it.each(['ADAM', 'LBFGS'] as const)('gives the same bytes when repeated and when resumed (%s)', async (optimizer) => {
    const asked = {
      ...(await request('draft', { size: 48, minScale: 32, steps: 14, optimizer, initialImage: 'NOISE' })),
      styles: [
        { image: pixels(72, 56, 3), weight: 1, mask: ramp(50, 50, [100, 20, 3]) },
        { image: pixels(40, 40, 9), weight: 2 },
      ],
      keepMask: ramp(31, 64, [60, -4, 12]),
    };
    const checkpoints: Uint8Array[] = [];
    const whole = await runThrough(asked, (step) => checkpoints.push(step.checkpoint()));
    const losses = whole.steps.map((step) => step.losses);
    const again = await runThrough(asked);
    expect(again.result).toEqual(whole.result);
    expect(again.steps.map((step) => step.losses)).toEqual(losses);
    for (const cut of [3, 7, 8, 13]) {
      const resume = checkpoints[cut - 1]!;
      expect(decodeCheckpoint(resume).step).toBe(cut);
      const rest = await runThrough({ ...asked, resume });
      expect(rest.steps.map((step) => step.losses)).toEqual(losses.slice(cut));
      expect(rest.result).toEqual(whole.result);
    }
  });
});
