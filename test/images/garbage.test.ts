import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { ImageService } from '../../src/images/image-service.js';
import { photo } from '../storage/image-files.js';
import { LIMITS } from '../storage/support.js';
import { allEvents, openSessionsFixture, sharedEngineProcess } from '../support/sessions.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import type { RgbImage } from '../../src/core/pixels.js';

const engine = sharedEngineProcess();

/** A running studio that paints what it is given, as content and as one of two styles. */
async function openGallery() {
  const { storage, easel, request } = await openSessionsFixture({ engine });
  const images = new ImageService(storage, LIMITS.maxBytes);
  await easel.start();
  return {
    images,
    codec: storage.codec,
    async paint(bytes: Uint8Array, recipe = {}, initialImageId?: string) {
      const { id } = await images.upload(LOCAL_VIEWER, bytes);
      const asked = request(3);
      const session = await easel.sessions.create(LOCAL_VIEWER, {
        ...asked,
        contentImageId: id,
        initialImageId,
        styles: [...asked.styles, { imageId: id, weight: 1, scale: 1 }],
        recipe: { ...asked.recipe, size: 32, ...recipe },
      });
      const end = (await allEvents(await easel.sessions.watch(LOCAL_VIEWER, session.id, {}))).at(-1)!;
      expect(end.session).toMatchObject({ status: 'COMPLETED', errorMessage: null });
      const result = (await storage.images.find(end.session.resultImageId!))!;
      expect(result).toMatchObject({ format: 'png', width: session.width, height: session.height });
      return {
        session: end.session,
        frame: end.frame!,
        result,
        pixels: await storage.codec.decode(await storage.blobs.get(result.sha256)),
      };
    },
  };
}

const opacityAt = ({ width, height, alpha }: RgbImage, x: number, y: number) =>
  alpha?.[Math.floor(y * height) * width + Math.floor(x * width)];

describe('a transparent content', () => {
  it('keeps its alpha in the result and in previews; as JPEG it stands on white', async () => {
    const bytes = await photo(64, 48)
      .ensureAlpha()
      .composite([
        {
          input: { create: { width: 30, height: 48, channels: 4, background: '#000f' } },
          blend: 'dest-out',
          left: 34,
          top: 0,
        },
      ])
      .png()
      .toBuffer();
    const { images, codec, paint } = await openGallery();
    const { pixels, frame, result } = await paint(bytes);
    expect(opacityAt(pixels, 0.2, 0.5)).toBe(255);
    expect(opacityAt(pixels, 0.8, 0.5)).toBe(0);
    const preview = await frame.encode(32);
    expect(preview.mimeType).toBe('image/webp');
    expect(opacityAt(await codec.decode(preview.bytes), 0.8, 0.5)).toBe(0);
    const { body } = await images.serve(result, 'jpeg');
    const white = await codec.decode(body as Buffer);
    expect(white.alpha).toBeUndefined();
    expect([...white.data.subarray(-3)]).toEqual([255, 255, 255]);
  });
});

describe('a session', () => {
  it('begins with the result of another, and ends in the same bytes as the same session before', async () => {
    const { paint } = await openGallery();
    const content = await photo(64, 48).png().toBuffer();
    const first = await paint(content, { initialImage: 'STYLE', seed: 3 });
    // The same bytes are the same picture to the store.
    expect((await paint(content, { initialImage: 'STYLE', seed: 3 })).result.id).toBe(first.result.id);
    const goneOn = await paint(content, {}, first.result.id);
    expect(goneOn.result.id).not.toBe(first.result.id);
    expect(goneOn.session.initialImageId).toBe(first.result.id);
    expect((await paint(content, {}, first.result.id)).result.id).toBe(goneOn.result.id);
  });
});

describe('a session paints', () => {
  const ghost = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 4, background: { r: 200, g: 50, b: 40, alpha: 0.5 } } });
  const cases: [string, Sharp, [number, number], boolean?][] = [
    ['a panorama', photo(700, 40).png(), [280, 16]],
    ['a tower', photo(40, 700).png(), [16, 280]],
    ['the smallest picture', photo(16, 16).png(), [32, 32]],
    ['grey', photo(60, 40).greyscale().toColourspace('b-w').png(), [32, 21]],
    ['grey with alpha', ghost(60, 40).greyscale().toColourspace('b-w').png(), [32, 21], true],
    ['half-transparent WebP', ghost(40, 60).webp(), [21, 32], true],
    ['16 bits', photo(60, 40).toColourspace('rgb16').png(), [32, 21]],
    ['16 bits with alpha', ghost(60, 40).toColourspace('rgb16').png(), [32, 21], true],
    ['CMYK', photo(60, 40).toColourspace('cmyk').jpeg(), [32, 21]],
    ['another ICC profile', photo(60, 40).withIccProfile('p3').jpeg(), [32, 21]],
    ['what lies on its side', photo(60, 40).withMetadata({ orientation: 6 }).jpeg(), [21, 32]],
    ['a palette', photo(60, 40).gif(), [32, 21]],
  ];

  it.each(cases)('%s, as content and as style', async (_what, picture, [width, height], isTransparent = false) => {
    const { paint } = await openGallery();
    const { pixels } = await paint(await picture.toBuffer());
    expect(pixels).toMatchObject({ width, height });
    expect(pixels.alpha !== undefined).toBe(isTransparent);
  });

  it('a panorama in the style of a tower, coarse to fine', async () => {
    const { paint } = await openGallery();
    const tower = await paint(await photo(40, 700).png().toBuffer(), { size: 384, minScale: 32, steps: 8 });
    expect(tower.pixels).toMatchObject({ width: 21, height: 384 });
  });
});
