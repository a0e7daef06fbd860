import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { checkUpload as check } from '../../src/storage/upload/check-upload.js';
import { ImageCodec } from '../../src/storage/image-codec.js';
import { hugePng, photo, SVG } from './image-files.js';
import { LIMITS } from './support.js';
import type { RgbImage } from '../../src/core/pixels.js';

const codec = new ImageCodec(LIMITS.maxPixels);

const checkUpload = (bytes: Uint8Array) => check(bytes, LIMITS);

/** The pixel at relative coordinates. */
function pixel({ width, height, data }: RgbImage, x: number, y: number): number[] {
  const offset = 3 * (Math.floor(y * height) * width + Math.floor(x * width));
  return [...data.subarray(offset, offset + 3)];
}

function expectNear(actual: number[], expected: number[], tolerance = 12): void {
  expected.forEach((value, channel) => expect(Math.abs(actual[channel]! - value)).toBeLessThanOrEqual(tolerance));
}

/** Half-transparent red. */
const clear = () =>
  sharp({ create: { width: 20, height: 20, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0.5 } } });

describe('check', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('keeps the pixels of a plain %s as they came', async (format) => {
    const bytes = await photo(60, 40).toFormat(format).toBuffer();
    const checked = await checkUpload(bytes);
    expect(checked).toMatchObject({ format, width: 60, height: 40 });
    expect(await codec.decode(checked.bytes)).toEqual(await codec.decode(bytes));
    // What it keeps is kept to the byte.
    expect(await checkUpload(checked.bytes)).toEqual(checked);
  });

  it.each(['tiff', 'gif'] as const)('stores a %s losslessly as PNG', async (format) => {
    const checked = await checkUpload(await photo(60, 40).toFormat(format).toBuffer());
    expect(checked).toMatchObject({ format: 'png', width: 60, height: 40 });
  });

  it.each(['png', 'webp'] as const)('keeps the pixels of a transparent %s as they came', async (format) => {
    const bytes = await clear().toFormat(format).toBuffer();
    const checked = await checkUpload(bytes);
    expect(checked).toMatchObject({ format, width: 20, height: 20 });
    expect(await codec.decode(checked.bytes)).toEqual(await codec.decode(bytes));
  });

  it.each([
    ['TIFF', 'png', () => clear().tiff({ compression: 'lzw' })],
    ['AVIF', 'webp', () => clear().avif()],
  ] as const)('keeps the alpha of a %s in a %s', async (_, format, picture) => {
    const checked = await checkUpload(await picture().toBuffer());
    expect(checked.format).toBe(format);
    expect((await sharp(checked.bytes).metadata()).hasAlpha).toBe(true);
  });

  it('stores an AVIF as JPEG', async () => {
    const checked = await checkUpload(await photo(60, 40).avif().toBuffer());
    expect(checked).toMatchObject({ format: 'jpeg', width: 60, height: 40 });
  });

  it('turns a picture upright and keeps none of its metadata', async () => {
    const exif = { IFD0: { Copyright: 'somebody' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 51/1 0/1' } };
    const bytes = await photo(60, 40).jpeg({ quality: 95 }).withExif(exif).withMetadata({ orientation: 6 }).toBuffer();
    expect((await sharp(bytes).metadata()).exif).toBeDefined();
    const checked = await checkUpload(bytes);
    expect(checked).toMatchObject({ format: 'jpeg', width: 40, height: 60 });
    const metadata = await sharp(checked.bytes).metadata();
    expect(metadata).toMatchObject({ width: 40, height: 60 });
    expect([metadata.exif, metadata.icc, metadata.xmp, metadata.orientation]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    // Orientation 6 is a quarter turn clockwise: what was left is on top now.
    const decoded = await codec.decode(checked.bytes);
    expectNear(pixel(decoded, 0.5, 0.1), [200, 50, 40]);
    expectNear(pixel(decoded, 0.5, 0.9), [40, 50, 200]);
  });

  it('removes metadata from an upright picture, too', async () => {
    const bytes = await photo(60, 40)
      .jpeg()
      .withExif({ IFD0: { Artist: 'somebody' } })
      .toBuffer();
    const checked = await checkUpload(bytes);
    expect(Buffer.from(checked.bytes).includes('somebody')).toBe(false);
    expect(checked).toMatchObject({ format: 'jpeg', width: 60, height: 40 });
  });

  it('takes the first frame of an animation', async () => {
    const frames = await sharp([await photo(60, 40).png().toBuffer(), await photo(60, 40).negate().png().toBuffer()], {
      join: { animated: true },
    })
      .webp({ lossless: true })
      .toBuffer();
    expect((await sharp(frames).metadata()).pages).toBe(2);
    const checked = await checkUpload(frames);
    expect(checked).toMatchObject({ format: 'webp', width: 60, height: 40 });
    expectNear(pixel(await codec.decode(checked.bytes), 0.1, 0.5), [200, 50, 40]);
  });

  it('refuses what is no picture, is vector graphics, or is damaged', async () => {
    const jpeg = await photo(400, 300).jpeg().toBuffer();
    const png = await photo(400, 300).png({ compressionLevel: 0 }).toBuffer();
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF');
    const cut = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * 0.7));
    for (const bytes of [Buffer.alloc(0), randomBytes(1000), Buffer.from('hello'), SVG, pdf, cut(jpeg), cut(png)]) {
      await expect(checkUpload(bytes)).rejects.toMatchObject({ name: 'StorageError', code: 'NOT_AN_IMAGE' });
    }
  });

  it('refuses too many pixels however few the bytes are', async () => {
    const bytes = hugePng(7_000, 7_000);
    expect(bytes.length).toBeLessThan(60_000);
    await expect(checkUpload(bytes)).rejects.toMatchObject({
      code: 'TOO_LARGE',
      message: expect.stringContaining('4,000,000'),
    });
    await expect(codec.decode(bytes, 100)).rejects.toMatchObject({ code: 'BLOB_DAMAGED' });
    await expect(codec.resize(bytes, 100, 'png')).rejects.toMatchObject({ code: 'BLOB_DAMAGED' });
  });

  it('refuses too many bytes', async () => {
    await expect(checkUpload(Buffer.alloc(LIMITS.maxBytes + 1))).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });

  it('refuses a picture too small to paint, and takes the smallest', async () => {
    await expect(checkUpload(await photo(200, 15).png().toBuffer())).rejects.toMatchObject({ code: 'TOO_SMALL' });
    expect(await checkUpload(await photo(16, 16).png().toBuffer())).toMatchObject({ width: 16, height: 16 });
  });
});

describe('decode', () => {
  it('gives three 8-bit sRGB channels whatever comes', async () => {
    const picture = photo(60, 40);
    const variants = {
      png: await picture.clone().png().toBuffer(),
      '16-bit png': await picture.clone().toColourspace('rgb16').png().toBuffer(),
      'cmyk jpeg': await picture.clone().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(),
      'P3 jpeg': await picture.clone().withIccProfile('p3').jpeg({ quality: 100 }).toBuffer(),
      palette: await picture.clone().png({ palette: true }).toBuffer(),
    };
    for (const [name, bytes] of Object.entries(variants)) {
      for (const decoded of [await codec.decode(bytes), await codec.decode((await checkUpload(bytes)).bytes)]) {
        expect(decoded.data.length, name).toBe(60 * 40 * 3);
        // CMYK cannot hold these colours exactly.
        expectNear(pixel(decoded, 0.1, 0.5), [200, 50, 40], name.startsWith('cmyk') ? 30 : 12);
      }
    }
  });

  it('spreads grey over three channels', async () => {
    const grey = await photo(60, 40).greyscale().toColourspace('b-w').png().toBuffer();
    expect((await sharp(grey).metadata()).channels).toBe(1);
    const decoded = await codec.decode(grey);
    expect(decoded.data.length).toBe(60 * 40 * 3);
    expect(new Set(pixel(decoded, 0.5, 0.5)).size).toBe(1);
  });

  it('gives the alpha apart, and none of what is opaque', async () => {
    const variants = {
      png: await clear().png().toBuffer(),
      '16-bit png': await clear().toColourspace('rgb16').png().toBuffer(),
      webp: await clear().webp({ lossless: true }).toBuffer(),
      tiff: await clear().tiff({ compression: 'lzw' }).toBuffer(),
      avif: await clear().avif({ quality: 95 }).toBuffer(),
    };
    for (const [name, bytes] of Object.entries(variants)) {
      const { bytes: stored } = await checkUpload(bytes);
      for (const decoded of [await codec.decode(bytes), await codec.decode(stored), await codec.decode(stored, 10)]) {
        expect(decoded.data.length, name).toBe(3 * decoded.width * decoded.height);
        expectNear(pixel(decoded, 0.5, 0.5), [200, 0, 0]);
        expect(new Set(decoded.alpha), name).toEqual(new Set([128]));
      }
    }
    const grey = await clear().greyscale().toColourspace('b-w').png().toBuffer();
    expect((await sharp(grey).metadata()).channels).toBe(2);
    expect(await codec.decode(grey)).toMatchObject({ width: 20, data: { length: 1200 }, alpha: { length: 400 } });
    expect((await codec.decode(await photo(60, 40).ensureAlpha().png().toBuffer())).alpha).toBeUndefined();
  });

  it('shrinks to fit, and never enlarges', async () => {
    const bytes = await photo(300, 200).jpeg().toBuffer();
    expect(await codec.decode(bytes, 150)).toMatchObject({ width: 150, height: 100 });
    expect(await codec.decode(bytes, 1000)).toMatchObject({ width: 300, height: 200 });
  });

  it('takes exact pixels through a lossless format', async () => {
    const data = randomBytes(31 * 17 * 3);
    const encoded = await codec.encode({ width: 31, height: 17, data }, 'png');
    expect(encoded).toMatchObject({ mimeType: 'image/png', width: 31, height: 17 });
    expect(Buffer.from((await codec.decode(encoded.bytes)).data)).toEqual(data);
  });
});

describe('encode and resize', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('write %s of the size asked for', async (format) => {
    const pixels = await codec.decode(await photo(300, 200).png().toBuffer());
    const encoded = await codec.encode(pixels, format, { maxSide: 60, quality: 70 });
    const resized = await codec.resize(encoded.bytes, 30, format);
    expect(encoded).toMatchObject({ mimeType: `image/${format}`, width: 60, height: 40 });
    expect(resized).toMatchObject({ mimeType: `image/${format}`, width: 30, height: 20 });
    expect(await sharp(resized.bytes).metadata()).toMatchObject({ format, width: 30, height: 20, space: 'srgb' });
  });

  it('obey the quality', async () => {
    const pixels = { width: 100, height: 100, data: randomBytes(30_000) };
    const size = async (quality: number) => (await codec.encode(pixels, 'jpeg', { quality })).bytes.length;
    expect(await size(30)).toBeLessThan((await size(90)) / 2);
  });

  it('keep alpha where the format has it, and show it on white where it has not', async () => {
    const pixels = await codec.decode(await clear().png().toBuffer());
    for (const format of ['png', 'webp', 'jpeg'] as const) {
      const encoded = await codec.encode(pixels, format);
      const png = await codec.encode(pixels, 'png');
      for (const { bytes } of [encoded, await codec.resize(png.bytes, 10, format)]) {
        const decoded = await codec.decode(bytes);
        expect(decoded.alpha?.[0]).toBe(format === 'jpeg' ? undefined : 128);
        expectNear(pixel(decoded, 0.5, 0.5), format === 'jpeg' ? [227, 127, 127] : [200, 0, 0]);
      }
    }
  });

  it('make a preview JPEG, or WebP where it is transparent', async () => {
    const opaque = await codec.decode(await photo(300, 200).png().toBuffer());
    const transparent = await codec.decode(await clear().png().toBuffer());
    for (const [pixels, mimeType, size] of [
      [opaque, 'image/jpeg', { width: 15, height: 10 }],
      [transparent, 'image/webp', { width: 15, height: 15 }],
    ] as const) {
      expect(await codec.preview(pixels, 15)).toMatchObject({ mimeType, ...size });
      expect(await codec.previewOf((await codec.encode(pixels, 'png')).bytes, 15)).toMatchObject({ mimeType, ...size });
    }
  });
});

describe('a mask', () => {
  it('is a picture’s brightness, stretched to a size, whatever its alpha', async () => {
    const grey = (width: number, height: number) =>
      Buffer.from(Array.from({ length: width * height }, (_, i) => (i % width < width / 2 ? 255 : 60)));
    const opaque = sharp(grey(64, 32), { raw: { width: 64, height: 32, channels: 1 } });
    const faded = opaque
      .clone()
      .toColourspace('srgb')
      .joinChannel(Buffer.alloc(64 * 32, 0), { raw: { width: 64, height: 32, channels: 1 } });
    for (const picture of [opaque, faded]) {
      const { width, height, data } = await codec.decodeMask(await picture.png().toBuffer(), 20, 40);
      expect([width, height, data.length]).toEqual([20, 40, 800]);
      for (const row of [0, 39]) expect([...data.subarray(20 * row, 20 * row + 4)]).toEqual([255, 255, 255, 255]);
      for (const row of [0, 39]) expect([...data.subarray(20 * row + 16, 20 * row + 20)]).toEqual([60, 60, 60, 60]);
    }
  });

  it('is read from anything that can be uploaded', async () => {
    const pictures = [
      photo(30, 20).jpeg(),
      photo(30, 20).toColourspace('cmyk').jpeg(),
      photo(30, 20).toColourspace('rgb16').png(),
      clear().webp(),
    ];
    for (const picture of pictures) {
      const { data } = await codec.decodeMask(await picture.toBuffer(), 16, 16);
      expect(data).toHaveLength(256);
      expect(data[0]).toBeGreaterThan(20);
      expect(data[0]).toBeLessThan(200);
    }
  });
});
