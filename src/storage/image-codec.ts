import sharp, { type Metadata, type OutputInfo, type Sharp } from 'sharp';
import { animate } from './animation.js';
import { StorageError } from './errors.js';
import type { CheckedImage, EncodedImage, ImageCodec, ImageFormat, ImageLimits } from './types.js';
import type { GreyImage, RgbImage } from '../core/pixels.js';

/** The shortest side that an uploaded picture may have, pixels: below, the network's deepest block sees a single point. */
export const MIN_SIDE = 16;

export const MIME_TYPES: Readonly<Record<ImageFormat, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
};

/** Seconds after which a picture that is still being worked on is given up. */
const TIMEOUT_SECONDS = 30;

/** To exactly a size, as the engine does it. */
const STRETCHED = { fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: false } as const;

// Pictures come from strangers: only the loaders that are needed stay reachable. No SVG, PDF or ImageMagick.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['Jpeg', 'Png', 'Webp', 'Tiff', 'Nsgif', 'Heif'].map((name) => `VipsForeignLoad${name}`) });
// The cores belong to the engine, and no picture comes twice in a row.
sharp.concurrency(1);
sharp.cache(false);

/** Reads and writes pictures with libvips. What leaves it has no metadata: nothing but the pixels survives. */
export class SharpImageCodec implements ImageCodec {
  constructor(private readonly limits: ImageLimits) {}

  async check(bytes: Uint8Array): Promise<CheckedImage> {
    const { maxBytes } = this.limits;
    if (bytes.byteLength > maxBytes) throw tooManyBytes(maxBytes);
    return await this.explained(async () => {
      const metadata = await this.open(bytes).metadata();
      const { width, height } = metadata.autoOrient;
      if (Math.min(width, height) < MIN_SIDE) {
        throw new StorageError(
          'TOO_SMALL',
          `The image has ${width} x ${height} pixels; each side must have at least ${MIN_SIDE}. Upload a larger image.`,
        );
      }
      if (isStorable(metadata)) {
        // The header was read; make sure that the rest can be, too, without holding all of it.
        await this.open(bytes).resize(MIN_SIDE, MIN_SIDE, { fit: 'fill' }).raw().toBuffer();
        return { bytes, format: metadata.format, width, height };
      }
      // A lossless picture stays lossless; a photo would grow manifold.
      const isPhoto = metadata.format === 'jpeg' || metadata.format === 'heif';
      const format = !isPhoto ? 'png' : metadata.hasAlpha ? 'webp' : 'jpeg';
      return { ...(await write(this.upright(bytes), format, 95)), format };
    });
  }

  async decode(bytes: Uint8Array, maxSide?: number): Promise<RgbImage> {
    // The JPEG decoder's own shrinking is faster but coarser than the resampling; the engine should see the latter.
    return await this.pixels(() => shrink(this.upright(bytes), maxSide, false));
  }

  async decodeTo(bytes: Uint8Array, width: number, height: number): Promise<RgbImage> {
    return await this.pixels(() => this.upright(bytes).resize({ width, height, ...STRETCHED }));
  }

  async decodeMask(bytes: Uint8Array, width: number, height: number): Promise<GreyImage> {
    return await this.explained(async () => {
      const grey = this.upright(bytes).removeAlpha().toColourspace('b-w').raw({ depth: 'uchar' });
      const { data, info } = await grey.toBuffer({ resolveWithObject: true });
      // In a second pass, because resizing would weigh the pixels by the alpha that is to be ignored.
      const raw = { width: info.width, height: info.height, channels: info.channels };
      const sized = sharp(data, { raw, limitInputPixels: this.limits.maxPixels }).resize({
        width,
        height,
        ...STRETCHED,
      });
      return { width, height, data: await sized.toColourspace('b-w').raw({ depth: 'uchar' }).toBuffer() };
    });
  }

  async encode(
    pixels: RgbImage,
    format: ImageFormat,
    options: { maxSide?: number; quality?: number } = {},
  ): Promise<EncodedImage> {
    return await write(shrink(this.picture(pixels), options.maxSide), format, options.quality);
  }

  async resize(bytes: Uint8Array, maxSide: number, format: ImageFormat): Promise<EncodedImage> {
    return await this.explained(() => write(shrink(this.upright(bytes), maxSide), format));
  }

  async preview(source: RgbImage | Uint8Array, maxSide: number): Promise<EncodedImage> {
    return await this.explained(async () => {
      const picture = source instanceof Uint8Array ? this.upright(source) : this.picture(source);
      const { hasAlpha } = await picture.metadata();
      return await write(shrink(picture, maxSide), hasAlpha ? 'webp' : 'jpeg');
    });
  }

  readonly animate = animate;

  private async pixels(picture: () => Sharp): Promise<RgbImage> {
    return await this.explained(async () => {
      const { data, info } = await picture().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
      return split(data, info);
    });
  }

  /** The first frame, under every limit: sharp forgets them between calls, so nothing here opens bytes in another way. */
  private open(bytes: Uint8Array): Sharp {
    const { maxPixels } = this.limits;
    return sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', pages: 1 }).timeout({
      seconds: TIMEOUT_SECONDS,
    });
  }

  /** Upright and 8-bit sRGB whatever it was (CMYK, 16 bits, another profile). */
  private upright(bytes: Uint8Array): Sharp {
    return this.open(bytes).autoOrient().toColourspace('srgb');
  }

  private picture(pixels: RgbImage): Sharp {
    const { width, height, alpha } = pixels;
    const raw = { width, height, channels: alpha ? (4 as const) : (3 as const) };
    return sharp(join(pixels), { raw, limitInputPixels: this.limits.maxPixels });
  }

  /** Turns what libvips says about bad bytes into a `StorageError`. */
  private async explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof StorageError) throw cause;
      const message = cause instanceof Error ? cause.message : String(cause);
      if (message.includes('pixel limit')) {
        const limit = this.limits.maxPixels.toLocaleString('en');
        throw new StorageError('TOO_LARGE', `The image has more than ${limit} pixels. Upload a smaller image.`, {
          cause,
        });
      }
      throw new StorageError(
        'NOT_AN_IMAGE',
        `The file is not a readable PNG, JPEG, WebP, TIFF, GIF or AVIF image (${message.split('\n')[0]}). Convert it to one of these.`,
        { cause },
      );
    }
  }
}

/** The error for an upload of too many bytes; also thrown while it is still streaming in. */
export function tooManyBytes(maxBytes: number): StorageError {
  return new StorageError(
    'TOO_LARGE',
    `The file has more than ${maxBytes.toLocaleString('en')} bytes. Save the image smaller, or as JPEG.`,
  );
}

/** Whether the bytes can be kept as they came: a still, upright 8-bit sRGB picture that carries nothing else. */
function isStorable(picture: Metadata): picture is Metadata & { format: ImageFormat } {
  const { format, space, depth, orientation = 1, pages = 1, exif, xmp, iptc, icc, comments } = picture;
  return (
    format in MIME_TYPES &&
    (space === 'srgb' || space === 'b-w') &&
    depth === 'uchar' &&
    orientation === 1 &&
    pages === 1 &&
    !(exif ?? xmp ?? iptc ?? icc ?? comments)
  );
}

/** Takes the alpha channel, where there is one, off the interleaved bytes. */
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

/** The opposite of `split`. */
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

function shrink(picture: Sharp, maxSide: number | undefined, fastShrinkOnLoad = true): Sharp {
  if (maxSide === undefined) return picture;
  return picture.resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true, fastShrinkOnLoad });
}

async function write(picture: Sharp, format: ImageFormat, quality = 90): Promise<EncodedImage> {
  const encoder = {
    png: () => picture.png(),
    // Full colour resolution where quality is asked for: halved colour smears brush strokes.
    jpeg: () =>
      picture
        .flatten({ background: '#ffffff' })
        .jpeg({ quality, chromaSubsampling: quality >= 90 ? '4:4:4' : '4:2:0' }),
    webp: () => picture.webp({ quality }),
  }[format]();
  const { data, info } = await encoder.toBuffer({ resolveWithObject: true });
  return { bytes: data, mimeType: MIME_TYPES[format], width: info.width, height: info.height };
}
