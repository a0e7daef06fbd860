import { describe, expect, it } from 'vitest';
import { denormalize } from '../../src/engine/index.js';
import { flatten, joinAlpha, splitAlpha } from '../../src/engine/image/alpha.js';
import { pixels } from './reference.js';
import { request, runThrough } from './runs.js';
import type { RgbImage } from '../../src/core/pixels.js';

/** Opaque on the left, fading to transparent on the right. */
const fade = (width: number, height: number) =>
  Uint8Array.from({ length: width * height }, (_, i) =>
    Math.min(255, 510 - Math.floor((510 * (i % width)) / (width - 1))),
  );

/** A red square surrounded by transparent green. */
function redOnHiddenGreen(side: number): RgbImage {
  const inside = (i: number) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    return Math.max(Math.abs(x - side / 2), Math.abs(y - side / 2)) < side / 4;
  };
  const pixelCount = side * side;
  return {
    width: side,
    height: side,
    data: Uint8Array.from({ length: 3 * pixelCount }, (_, i) =>
      i % 3 === (inside(Math.floor(i / 3)) ? 0 : 1) ? 255 : 0,
    ),
    alpha: Uint8Array.from({ length: pixelCount }, (_, i) => (inside(i) ? 255 : 0)),
  };
}

describe('flattening', () => {
  it('puts an image on white', () => {
    const alpha = Uint8Array.of(255, 0, 51);
    const data = Uint8Array.of(10, 20, 30, 10, 20, 30, 0, 100, 255);
    expect(flatten({ width: 3, height: 1, data, alpha })).toEqual({
      width: 3,
      height: 1,
      data: Uint8Array.of(10, 20, 30, 255, 255, 255, 204, 224, 255),
    });
  });
});

describe('splitting off alpha', () => {
  it('keeps alpha unchanged at the same size', () => {
    const source = { ...pixels(20, 16, 2), alpha: fade(20, 16) };
    const { image, alpha } = splitAlpha(source, 20, 16);
    const back = joinAlpha(denormalize(image), alpha);
    expect(back.alpha).toEqual(source.alpha);
    source.alpha.forEach((opacity, i) => {
      if (opacity === 0) return;
      for (let c = 0; c < 3; c++) expect(Math.abs(back.data[3 * i + c]! - source.data[3 * i + c]!)).toBeLessThan(2);
    });
  });

  it('does not let transparent pixels bleed into visible ones', () => {
    const { image, alpha } = splitAlpha(redOnHiddenGreen(60), 17, 17);
    const { data, alpha: bytes } = joinAlpha(denormalize(image), alpha);
    const edge = bytes!.filter((opacity) => opacity > 10 && opacity < 245);
    expect(edge.length).toBeGreaterThan(0);
    bytes!.forEach((opacity, i) => {
      if (opacity <= 10) return;
      expect(data[3 * i]).toBeGreaterThan(245);
      expect(data[3 * i + 1]).toBeLessThan(10);
    });
  });
});

describe('a run with alpha', () => {
  it('restores the content’s alpha in previews of every scale and in the result', async () => {
    const asked = await request('draft', { size: 48, minScale: 32, steps: 6 });
    const content = { ...pixels(60, 45, 0), alpha: fade(60, 45) };
    const { steps, result } = await runThrough({ ...asked, content });
    for (const shown of [steps[0]!.image(), result]) {
      const { width, height } = shown;
      const { alpha } = splitAlpha(content, width, height);
      const off = shown.alpha!.reduce((sum, value, i) => sum + Math.abs(value - 255 * alpha!.data[i]!), 0);
      expect(off / shown.alpha!.length).toBeLessThan(2);
      expect(shown.alpha![0]).toBe(255);
      expect(shown.alpha![width - 1]).toBeLessThan(8);
    }
    expect([steps[0]!.image().width, result.width]).toEqual([34, 48]);
  });

  it('ignores transparent pixels of the content and the styles', async () => {
    const asked = await request('draft', { size: 48, minScale: 48, steps: 2 });
    const hide = (source: RgbImage, salt: number): RgbImage => {
      const alpha = Uint8Array.from({ length: source.width * source.height }, (_, i) =>
        i % source.width < 20 ? 0 : 255,
      );
      const other = pixels(source.width, source.height, salt);
      return {
        ...source,
        data: source.data.map((v, i) => (alpha[Math.floor(i / 3)] === 0 ? other.data[i]! : v)),
        alpha,
      };
    };
    const lossesWith = async (salt: number) => {
      const styles = [{ image: hide(pixels(60, 60, 3), salt), weight: 1 }];
      return (await runThrough({ ...asked, content: hide(pixels(60, 45, 0), salt), styles })).steps.at(-1)!.losses;
    };
    expect(await lossesWith(7)).toEqual(await lossesWith(8));
  });

  it('accepts a fully transparent content', async () => {
    const asked = await request('draft', { size: 32, steps: 2, colors: 'COLOR_MATCHING' });
    const content = { ...pixels(40, 40, 0), alpha: new Uint8Array(1600) };
    const { result } = await runThrough({ ...asked, content });
    expect(result.alpha).toEqual(new Uint8Array(32 * 32));
  });
});
