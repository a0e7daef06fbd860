import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { StorageError } from '../../src/storage/errors.js';
import { MAX_SIDE, readContainer } from '../../src/storage/upload/containers/index.js';

const SECRET = Buffer.from('WHERE-I-LIVE-0123456789');
/** Red on the left, blue on the right. */
const pixels = Buffer.from(
  Array.from({ length: 40 * 30 }, (_, i) => (i % 40 < 20 ? [220, 30, 30] : [30, 30, 220])).flat(),
);
const image = () => sharp(pixels, { raw: { width: 40, height: 30, channels: 3 } });
const withExif = () => image().withExif({ IFD0: { Artist: SECRET.toString() } });

const files = {
  png: await image().png().toBuffer(),
  jpeg: await image().jpeg({ quality: 95 }).toBuffer(),
  'progressive jpeg': await image().jpeg({ progressive: true }).toBuffer(),
  webp: await image().webp({ lossless: true }).toBuffer(),
  'webp with alpha': await image().ensureAlpha(0.5).webp().toBuffer(),
  gif: await image().gif().toBuffer(),
  tiff: await image().tiff().toBuffer(),
  avif: await image().avif({ effort: 0 }).toBuffer(),
  'png with exif': await withExif().png().toBuffer(),
  'jpeg with exif': await withExif().jpeg().toBuffer(),
  'webp with exif': await withExif().webp().toBuffer(),
};

const decode = async (bytes: Uint8Array) => await sharp(bytes).ensureAlpha().raw().toBuffer();

function segment(marker: number, data: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255]), data]);
}

/** A PNG chunk; decoders of these tests never look at its checksum. */
function chunk(type: string, data: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data, Buffer.alloc(4)]);
}

describe('readContainer', () => {
  it.each(Object.entries(files))('keeps the pixels of a %s', async (name, bytes) => {
    const { format, decodable, pixelsOnly, isMended } = readContainer(bytes);
    expect(name).toContain(format);
    expect(isMended).toBe(false);
    const expected = await decode(bytes);
    expect(await decode(decodable)).toEqual(expected);
    if (!pixelsOnly) return;
    expect(await decode(pixelsOnly)).toEqual(expected);
    expect(Buffer.from(pixelsOnly).includes(SECRET)).toBe(false);
    expect(await sharp(pixelsOnly).metadata()).not.toHaveProperty('exif');
  });

  it('drops everything that is not on the list of pixel chunks and segments', async () => {
    const { png, jpeg } = files;
    const cases = [
      Buffer.concat([png.subarray(0, 33), chunk('prVt', SECRET), chunk('tEXt', SECRET), png.subarray(33)]),
      Buffer.concat([png.subarray(0, -12), chunk('fdAT', SECRET), chunk('zTXt', SECRET), png.subarray(-12)]),
      Buffer.concat([jpeg.subarray(0, 2), segment(0xfe, SECRET), segment(0xeb, SECRET), jpeg.subarray(2)]),
      Buffer.concat([
        jpeg.subarray(0, 2),
        segment(0xe0, Buffer.concat([Buffer.from('JFXX\0'), SECRET])),
        jpeg.subarray(2),
      ]),
      Buffer.concat([
        jpeg.subarray(0, 2),
        segment(0xee, Buffer.concat([Buffer.from('Adobe'), SECRET])),
        jpeg.subarray(2),
      ]),
      ...Object.values(files).map((bytes) => Buffer.concat([bytes, SECRET])),
    ];
    for (const bytes of cases) {
      const { pixelsOnly } = readContainer(bytes);
      if (pixelsOnly) expect(Buffer.from(pixelsOnly).includes(SECRET)).toBe(false);
    }
  });

  it('keeps the first frame of animations alone', async () => {
    const second = await image().flop().png().toBuffer();
    const both = sharp([files.png, second], { join: { animated: true } });
    for (const bytes of [await both.clone().gif().toBuffer(), await both.clone().webp({ lossless: true }).toBuffer()]) {
      expect((await sharp(bytes).metadata()).pages).toBe(2);
      const { decodable } = readContainer(bytes);
      expect((await sharp(decodable).metadata()).pages ?? 1).toBe(1);
      expect(await decode(decodable)).toEqual(await decode(bytes));
      expect(decodable.length).toBeLessThan(bytes.length);
    }
  });

  it('adds the missing end of a JPEG, and says so', async () => {
    for (const whole of [files.jpeg, files['progressive jpeg']]) {
      const { decodable, isMended } = readContainer(whole.subarray(0, -2));
      expect(isMended).toBe(true);
      expect(await decode(decodable)).toEqual(await decode(whole));
    }
  });

  it.each([
    [
      'a PNG wider than a decoder should see',
      Buffer.concat([files.png.subarray(0, 16), Buffer.from([0, 0, 0x80, 1]), files.png.subarray(20)]),
    ],
    [
      'a JPEG of 101 scans',
      Buffer.concat([
        files.jpeg.subarray(0, -2),
        ...Array<Buffer>(101).fill(segment(0xda, SECRET)),
        files.jpeg.subarray(-2),
      ]),
    ],
    [
      'a PNG with a colour profile of megabytes',
      Buffer.concat([files.png.subarray(0, 33), chunk('iCCP', Buffer.alloc(2 ** 20 + 1)), files.png.subarray(33)]),
    ],
    [
      'a PNG of 100,001 chunks',
      Buffer.concat([
        files.png.subarray(0, 33),
        ...Array<Buffer>(100_001).fill(chunk('prVt', Buffer.alloc(0))),
        files.png.subarray(33),
      ]),
    ],
  ])('refuses %s', (_, bytes) => {
    expect(() => readContainer(bytes)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
    expect(MAX_SIDE).toBe(0x8000);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a PNG without an end', files.png.subarray(0, -12)],
    ['a PNG without pixels', Buffer.concat([files.png.subarray(0, 33), files.png.subarray(-12)])],
    ['a video', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1')],
    ['half a GIF', files.gif.subarray(0, 40)],
    ['a TIFF whose directory is missing', files.tiff.subarray(0, 8)],
    ['a WebP that is cut off', files.webp.subarray(0, -9)],
  ])('refuses %s', (_, bytes) => {
    expect(() => readContainer(bytes)).toThrow(expect.objectContaining({ code: 'NOT_AN_IMAGE' }));
  });

  it('accepts or refuses any bytes, and reads each in linear time', () => {
    const mutated = fc
      .record({
        file: fc.constantFrom(...Object.values(files)),
        keep: fc.double({ min: 0, max: 1, noNaN: true }),
        changes: fc.array(fc.tuple(fc.nat(5000), fc.nat(255)), { maxLength: 8 }),
      })
      .map(({ file, keep, changes }) => {
        const bytes = Buffer.from(file.subarray(0, Math.ceil(keep * file.length)));
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        return bytes;
      });
    fc.assert(
      fc.property(mutated, (bytes) => {
        try {
          readContainer(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(StorageError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
