import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { loadNetwork, resolveRecipe, stylize } from '../../src/engine/index.js';
import { haveSharedFiles, sharedImage, VGG19_FILE, WITHOUT_SHARED } from '../support/shared-files.js';
import { pixels } from './reference.js';
import { backend, request, runThrough } from './runs.js';
import type { RgbImage } from '../../src/core/pixels.js';

describe('a run', () => {
  it('numbers its records, runs from coarse to fine and lowers the loss at each scale', async () => {
    const { steps, result } = await runThrough(
      await request('balanced', { size: 64, minScale: 32, steps: 30 }).then((r) => ({ ...r, firstSeq: 11 })),
    );
    expect(steps.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, i) => 11 + i));
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 30 }, (_, i) => 1 + i));
    expect(steps.every(({ totalSteps }) => totalSteps === 30)).toBe(true);
    const scales = [0, 1, 2].map((index) => steps.filter(({ scale }) => scale.index === index));
    expect(scales.map((of) => `${of.length} at ${of[0]!.scale.width}x${of[0]!.scale.height}`)).toEqual([
      '10 at 32x24',
      '10 at 45x34',
      '10 at 64x48',
    ]);
    for (const of of scales) expect(of.at(-1)!.losses.total).toBeLessThan(of[0]!.losses.total);
    expect(result).toMatchObject({ width: 64, height: 48 });
    expect(result).toEqual(steps.at(-1)!.image());
  });

  it('ends when the optimiser converges', async () => {
    const asked = await request('draft', { size: 32, minScale: 32, steps: 10_000, contentWeight: 0 });
    // The content has the style already.
    const { steps } = await runThrough({ ...asked, styles: [{ image: asked.content, weight: 1 }] });
    expect(steps.length).toBeLessThan(1000);
    expect(steps.at(-1)!.losses.style).toBeLessThan(1e-9);
  });

  it('ends a scale early if the improvement is below minImprovement', async () => {
    const { steps } = await runThrough(
      await request('draft', { size: 48, minScale: 32, steps: 400, minImprovement: 0.05 }),
    );
    const perScale = [0, 1].map((index) => steps.filter(({ scale }) => scale.index === index).length);
    for (const count of perScale) {
      expect(count).toBeGreaterThanOrEqual(20);
      expect(count).toBeLessThan(200);
    }
  });

  it('uses the scale of a style', async () => {
    const one = await request('draft', { size: 48, steps: 2 });
    const scaled = (scale: number) => ({ ...one, styles: one.styles.map((style) => ({ ...style, scale })) });
    const styleLoss = async (scale: number) => (await runThrough(scaled(scale))).steps[0]!.losses.style;
    const same = await styleLoss(1);
    expect((await runThrough(one)).steps[0]!.losses.style).toBe(same);
    expect(await styleLoss(2)).not.toBeCloseTo(same, 8);
  });

  it('has total = alpha content + beta style + gamma tv', async () => {
    const { steps } = await runThrough(
      await request('balanced', { size: 48, steps: 2, contentWeight: 2, styleWeight: 3e4, totalVariationWeight: 5 }),
    );
    for (const { losses } of steps) {
      const sum = 2 * losses.content + 3e4 * losses.style + 5 * losses.totalVariation;
      expect(losses.total).toBeCloseTo(sum, 6);
    }
  });

  it('gives the same bytes for the same seed and other bytes for another seed', async () => {
    const noise = (seed: number) => request('draft', { size: 48, steps: 6, initialImage: 'NOISE', seed });
    const first = (await runThrough(await noise(7))).result;
    expect((await runThrough(await noise(7))).result).toEqual(first);
    expect((await runThrough(await noise(8))).result).not.toEqual(first);
  });

  it('blends styles by weight', async () => {
    const one = await request('draft', { size: 48, steps: 3 });
    const other = { image: pixels(40, 40, 9), weight: 1 };
    const alone = (await runThrough(one)).steps.at(-1)!.losses.total;
    const twice = { ...one, styles: [one.styles[0]!, { ...one.styles[0]!, weight: 5 }] };
    expect((await runThrough(twice)).steps.at(-1)!.losses.total).toBeCloseTo(alone, 4);
    const mixed = { ...one, styles: [one.styles[0]!, other] };
    expect((await runThrough(mixed)).steps.at(-1)!.losses.total).not.toBeCloseTo(alone, 4);
  });

  it('stops before the next step when the signal is aborted', async () => {
    const controller = new AbortController();
    const run = stylize(await request('balanced', { size: 48, steps: 50 }), { signal: controller.signal });
    await run.next();
    await run.next();
    controller.abort(new Error('enough'));
    await expect(run.next()).rejects.toThrow('enough');
    expect(await run.next()).toEqual({ done: true, value: undefined });
  });

  it('throws DIVERGED if the losses are not finite', async () => {
    const wild = await request('classic', {
      size: 48,
      steps: 20,
      learningRate: 10,
      styleWeight: 1e12,
      contentWeight: 1e9,
    });
    const network = {
      ...wild.network,
      layers: wild.network.layers.map((l) => ({ ...l, weight: l.weight.map((w) => w * 1e6) })),
    };
    await expect(runThrough({ ...wild, network })).rejects.toMatchObject({ code: 'DIVERGED' });
  });

  it('rejects a layer that the network lacks', async () => {
    const wrong = await request('draft', { contentLayers: [{ layer: 'relu5_4', weight: 1 }] });
    await expect(runThrough(wrong)).rejects.toMatchObject({
      code: 'INVALID_RECIPE',
      field: 'contentLayers',
      message: expect.stringContaining('relu5_4'),
    });
  });

  it('rejects a recipe that is out of range', async () => {
    const asked = await request('balanced', {});
    await expect(runThrough({ ...asked, recipe: { ...asked.recipe, steps: 0 } })).rejects.toMatchObject({
      code: 'INVALID_RECIPE',
      field: 'steps',
    });
  });
});

async function photograph(name: string): Promise<RgbImage> {
  const { data, info } = await sharp(sharedImage(name)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

describe.skipIf(!haveSharedFiles)(`the classic recipe on VGG19 (${WITHOUT_SHARED})`, () => {
  it('lowers the style loss by a factor of twenty within 200 steps', { timeout: 300_000 }, async () => {
    const { steps } = await runThrough({
      recipe: resolveRecipe('classic', { steps: 200, size: 64 }),
      network: await loadNetwork(VGG19_FILE),
      backend,
      content: await photograph('tubingen.jpg'),
      styles: [{ image: await photograph('starry_night.jpg'), weight: 1 }],
    });
    expect(steps[0]!.losses.content).toBe(0);
    expect(steps[0]!.losses.style / steps.at(-1)!.losses.style).toBeGreaterThan(20);
  });
});
