import type { GreyImage, RgbImage } from '../core/pixels.js';
import { StorageError } from './errors.js';
import { sharp, type OutputInfo, type Sharp } from './sharp.js';

/** The formats in which images are stored and served. */
export type ImageFormat = 'png' | 'jpeg' | 'webp';

export const MIME_TYPES: Readonly<Record<ImageFormat, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
};

/** An image as the bytes of a file. */
export interface EncodedImage {
  readonly bytes: Buffer;
  readonly mimeType: string;
  readonly width: number;
  readonly height: number;
}

export interface EncodeOptions {
  /** Longest side, pixels; never enlarged. */
  readonly maxSide?: number;
  /** 1 to 100, default 90. */
  readonly quality?: number;
}

/** Longest side that a format can hold, pixels (RFC 9649, section 2.7; ITU-T T.81, B.2.2). */
const MAX_SIDES: Readonly<Record<ImageFormat, number>> = { png: 2 ** 31 - 1, jpeg: 65_535, webp: 16_383 };

/** Longest work on one image, seconds. */
const TIMEOUT_SECONDS = 30;

/** Resampling to an exact size, as the engine does it. */
const STRETCHED = { fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: false } as const;

/** Decodes stored images, and encodes images to serve and to store, with libvips. Encoded images carry no metadata. */
export class ImageCodec {
  constructor(
    /** Most pixels (width * height) of an image. */
    private readonly maxPixels: number,
  ) {}

  /** Decodes stored bytes to upright 8-bit sRGB, shrunk to fit `maxSide` pixels. */
  async decode(bytes: Uint8Array, maxSide?: number): Promise<RgbImage> {
    // The JPEG decoder's own shrinking is faster but coarser than the resampling; the engine gets the latter.
    return await this.#pixels(() => shrink(this.#upright(bytes), maxSide, false));
  }

  /** Decodes stored bytes at exactly this size, resampled as the engine does it (Catmull-Rom, antialiased). */
  async decodeTo(bytes: Uint8Array, width: number, height: number): Promise<RgbImage> {
    return await this.#pixels(() => this.#upright(bytes).resize({ width, height, ...STRETCHED }));
  }

  /** Decodes the luma of stored bytes at exactly this size, resampled as the engine does it. Alpha is ignored. */
  async decodeMask(bytes: Uint8Array, width: number, height: number): Promise<GreyImage> {
    return await explain(async () => {
      const grey = this.#upright(bytes).removeAlpha().toColourspace('b-w').raw({ depth: 'uchar' });
      const { data, info } = await grey.toBuffer({ resolveWithObject: true });
      // A second pass, because resizing would weigh the pixels by their alpha.
      const raw = { width: info.width, height: info.height, channels: info.channels };
      const sized = sharp(data, { raw, limitInputPixels: this.maxPixels }).resize({ width, height, ...STRETCHED });
      return { width, height, data: await sized.toColourspace('b-w').raw({ depth: 'uchar' }).toBuffer() };
    });
  }

  /** Encodes pixels. JPEG, which has no alpha, shows transparent pixels on white. */
  async encode(image: RgbImage, format: ImageFormat, { maxSide, quality }: EncodeOptions = {}): Promise<EncodedImage> {
    return await write(shrink(this.#raw(image), maxSide), format, quality);
  }

  /**
   * Converts stored bytes to a format and size. JPEG, which has no alpha, shows transparent pixels on white. Throws
   * `StorageError` FORMAT_TOO_SMALL where the format cannot hold the image's sides.
   */
  async resize(bytes: Uint8Array, maxSide: number, format: ImageFormat): Promise<EncodedImage> {
    return await explain(async () => {
      const image = this.#upright(bytes);
      const { autoOrient } = await image.metadata();
      const side = Math.min(maxSide, Math.max(autoOrient.width, autoOrient.height));
      if (side > MAX_SIDES[format]) {
        throw new StorageError(
          'FORMAT_TOO_SMALL',
          `A ${format} image has at most ${MAX_SIDES[format]} pixels a side; this one has ${side}. Ask for png or jpeg, or for a size.`,
        );
      }
      return await write(shrink(image, maxSide), format);
    });
  }

  /** Encodes a small image for a glance, in few bytes: JPEG, or WebP where it has alpha. */
  async preview(image: RgbImage, maxSide: number): Promise<EncodedImage> {
    return await write(shrink(this.#raw(image), maxSide), image.alpha ? 'webp' : 'jpeg');
  }

  /** The same of stored bytes. */
  async previewOf(bytes: Uint8Array, maxSide: number): Promise<EncodedImage> {
    return await explain(async () => {
      const image = this.#upright(bytes);
      const { hasAlpha } = await image.metadata();
      return await write(shrink(image, maxSide), hasAlpha ? 'webp' : 'jpeg');
    });
  }

  async #pixels(image: () => Sharp): Promise<RgbImage> {
    return await explain(async () => {
      const { data, info } = await image().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
      return split(data, info);
    });
  }

  /** Upright and 8-bit sRGB. sharp keeps no limits between calls, so all bytes are opened here. */
  #upright(bytes: Uint8Array): Sharp {
    return sharp(bytes, { limitInputPixels: this.maxPixels, failOn: 'error', pages: 1 })
      .timeout({ seconds: TIMEOUT_SECONDS })
      .autoOrient()
      .toColourspace('srgb');
  }

  #raw(image: RgbImage): Sharp {
    const { width, height, alpha } = image;
    const raw = { width, height, channels: alpha ? (4 as const) : (3 as const) };
    return sharp(join(image), { raw, limitInputPixels: this.maxPixels });
  }
}

/** Turns libvips's errors about stored bytes into a `StorageError`. */
async function explain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof StorageError) throw cause;
    const message = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new StorageError('BLOB_DAMAGED', `The stored image cannot be decoded (${message}). Upload it again.`, {
      cause,
    });
  }
}

/** Separates the alpha channel from the interleaved bytes. */
function split(bytes: Uint8Array, { width, height, channels }: OutputInfo): RgbImage {
  if (channels === 3) return { width, height, data: bytes };
  const pixels = width * height;
  const data = new Uint8Array(3 * pixels);
  const alpha = new Uint8Array(pixels);
  for (let i = 0; i < pixels; i++) {
    data[3 * i] = bytes[4 * i]!;
    data[3 * i + 1] = bytes[4 * i + 1]!;
    data[3 * i + 2] = bytes[4 * i + 2]!;
    alpha[i] = bytes[4 * i + 3]!;
  }
  return { width, height, data, ...(alpha.some((value) => value < 255) && { alpha }) };
}

/** The inverse of `split`. */
function join({ data, alpha }: RgbImage): Uint8Array {
  if (!alpha) return data;
  const bytes = new Uint8Array(4 * alpha.length);
  for (let i = 0; i < alpha.length; i++) {
    bytes[4 * i] = data[3 * i]!;
    bytes[4 * i + 1] = data[3 * i + 1]!;
    bytes[4 * i + 2] = data[3 * i + 2]!;
    bytes[4 * i + 3] = alpha[i]!;
  }
  return bytes;
}

function shrink(image: Sharp, maxSide: number | undefined, fastShrinkOnLoad = true): Sharp {
  if (maxSide === undefined) return image;
  return image.resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true, fastShrinkOnLoad });
}

async function write(image: Sharp, format: ImageFormat, quality = 90): Promise<EncodedImage> {
  const encoder = {
    png: () => image.png(),
    // Full colour resolution at high quality: halved colour smears brush strokes.
    jpeg: () =>
      image.flatten({ background: '#ffffff' }).jpeg({ quality, chromaSubsampling: quality >= 90 ? '4:4:4' : '4:2:0' }),
    webp: () => image.webp({ quality }),
  }[format]();
  const { data, info } = await encoder.toBuffer({ resolveWithObject: true });
  return { bytes: data, mimeType: MIME_TYPES[format], width: info.width, height: info.height };
}
