import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { checkUpload } from '../../src/storage/upload/check-upload.js';

const LIMITS = { maxBytes: 2 ** 20, maxPixels: 1_000_000 };
const SECRET = 'WHERE-I-LIVE';

/** Red on the left, blue on the right. */
const pixels = Buffer.from(
  Array.from({ length: 40 * 30 }, (_, i) => (i % 40 < 20 ? [220, 30, 30] : [30, 30, 220])).flat(),
);
const image = () => sharp(pixels, { raw: { width: 40, height: 30, channels: 3 } });

async function pixelAt(bytes: Uint8Array, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return [...data.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3)];
}

const near = (expected: readonly number[]) => expected.map((value) => expect.closeTo(value, -1.3));

describe('checkUpload', () => {
  it('keeps the pixels of an ordinary file as they came, whatever metadata it has', async () => {
    for (const bytes of [
      await image().jpeg().toBuffer(),
      await image().png().toBuffer(),
      await image().webp().toBuffer(),
    ]) {
      const tagged = await sharp(bytes)
        .withExif({ IFD0: { Artist: SECRET } })
        .toFormat('png')
        .toBuffer();
      for (const file of [bytes, tagged, Buffer.concat([bytes, Buffer.from(SECRET)])]) {
        const checked = await checkUpload(file, LIMITS);
        expect(Buffer.from(checked.bytes).includes(SECRET)).toBe(false);
        expect(await pixelAt(checked.bytes, 5, 5)).toEqual(await pixelAt(file, 5, 5));
      }
    }
  });

  it('turns a photo upright, without its metadata', async () => {
    const turned = await image().withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
    const { bytes, width, height, format } = await checkUpload(turned, LIMITS);
    expect([width, height, format]).toEqual([30, 40, 'jpeg']);
    expect(await pixelAt(bytes, 15, 5)).toEqual(near([220, 30, 30]));
    expect(await sharp(bytes).metadata()).not.toHaveProperty('exif');
  });

  it('converts other colours and depths to 8-bit sRGB', async () => {
    const profile = await image().withIccProfile('p3').jpeg({ quality: 95 }).toBuffer();
    const cmyk = await image().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    const deep = await image().toColourspace('rgb16').png().toBuffer();
    for (const file of [profile, cmyk, deep]) {
      const { bytes } = await checkUpload(file, LIMITS);
      expect(await sharp(bytes).metadata()).toMatchObject({ space: 'srgb', depth: 'uchar', channels: 3 });
      const [red, green, blue] = await pixelAt(bytes, 5, 5);
      // What CMYK can show of it.
      expect(red! > 200 && green! < 50 && blue! < 50).toBe(true);
    }
  });

  it('keeps a lossy WebP lossy, and a lossless file lossless', async () => {
    const turn = { orientation: 3 };
    const lossy = await image().withMetadata(turn).webp().toBuffer();
    const lossless = await image().withMetadata(turn).webp({ lossless: true }).toBuffer();
    expect(await checkUpload(lossy, LIMITS)).toMatchObject({ format: 'jpeg' });
    expect(await checkUpload(lossless, LIMITS)).toMatchObject({ format: 'png' });
  });

  it('converts a HEIC photo to JPEG', async () => {
    const heic = await readFile(new URL('quarters.heic', import.meta.url));
    const { bytes, ...checked } = await checkUpload(heic, LIMITS);
    expect(checked).toEqual({ format: 'jpeg', width: 96, height: 64 });
    expect(await pixelAt(bytes, 20, 15)).toEqual(near([220, 30, 30]));
    expect(await pixelAt(bytes, 75, 50)).toEqual(near([30, 30, 220]));
    await expect(checkUpload(heic.subarray(0, 300), LIMITS)).rejects.toMatchObject({
      code: 'NOT_AN_IMAGE',
      message: expect.stringContaining('HEIC'),
    });
  });

  it.each([
    ['too many bytes', 'TOO_LARGE', async () => Buffer.alloc(LIMITS.maxBytes + 1)],
    ['too many pixels', 'TOO_LARGE', async () => await image().resize(1001, 1000, { fit: 'fill' }).png().toBuffer()],
    ['a short side', 'TOO_SMALL', async () => await image().resize(40, 15, { fit: 'fill' }).png().toBuffer()],
    ['half its pixels', 'NOT_AN_IMAGE', async () => (await image().jpeg().toBuffer()).subarray(0, -200)],
    ['damaged pixels', 'NOT_AN_IMAGE', async () => (await image().png().toBuffer()).fill(0, 60, 90)],
  ])('refuses a file with %s', async (_, code, file) => {
    await expect(checkUpload(await file(), LIMITS)).rejects.toMatchObject({ code });
  });
});
