import { StorageError } from '../errors.js';
import { sharp, type Metadata, type Sharp } from '../sharp.js';
import type { ImageFormat } from '../image-codec.js';
import { heicToPng } from './heic.js';
import { readContainer, type Container } from './containers/index.js';

export interface ImageLimits {
  /** Bytes of an uploaded file. */
  readonly maxBytes: number;
  /** Pixels (width * height) of an uploaded image. */
  readonly maxPixels: number;
}

/** An upload that may be stored. */
export interface CheckedImage {
  /** The bytes to store. */
  readonly bytes: Uint8Array;
  readonly format: ImageFormat;
  /** Upright, pixels. */
  readonly width: number;
  readonly height: number;
}

/** The shortest side that an uploaded image may have, pixels: below, the network's deepest block sees a single point. */
export const MIN_SIDE = 16;

/** Quality of an upload that is encoded anew with loss. */
const QUALITY = 95;

/**
 * Checks an upload and makes the bytes to store: as they came, less their metadata, where they are an upright sRGB PNG, JPEG
 * or WebP of 8 bits; encoded anew otherwise. Throws `StorageError` NOT_AN_IMAGE, TOO_LARGE or TOO_SMALL.
 */
export async function checkUpload(bytes: Uint8Array, { maxBytes, maxPixels }: ImageLimits): Promise<CheckedImage> {
  if (bytes.byteLength > maxBytes) throw tooManyBytes(maxBytes);
  try {
    const container = readContainer(bytes);
    return await decode(container, maxPixels);
  } catch (cause) {
    throw toStorageError(cause, maxPixels);
  }
}

async function decode(container: Container, maxPixels: number): Promise<CheckedImage> {
  const { format, pixelsOnly, isMended } = container;
  const decodable = format === 'heic' ? await heicToPng(container.decodable, maxPixels) : container.decodable;
  const open = (source: Uint8Array) =>
    sharp(source, { limitInputPixels: maxPixels, failOn: isMended ? 'warning' : 'error', pages: 1 });
  const metadata = await open(decodable).metadata();
  const { width, height } = metadata.autoOrient;
  if (Math.min(width, height) < MIN_SIDE) {
    const message = `The image is ${width} x ${height} pixels; each side needs at least ${MIN_SIDE}. Upload a larger one.`;
    throw new StorageError('TOO_SMALL', message);
  }
  if (pixelsOnly && isUpright8BitSrgb(metadata)) {
    // The header was read; make sure that the pixels can be, too, without holding all of them.
    await open(pixelsOnly).resize(MIN_SIDE, MIN_SIDE, { fit: 'fill' }).raw().toBuffer();
    return { bytes: pixelsOnly, format: metadata.format as ImageFormat, width, height };
  }
  return await encode(
    open(decodable).autoOrient().toColourspace('srgb'),
    await storedFormat(format, decodable, metadata, open),
  );
}

/** Whether the bytes show the same without their metadata. */
function isUpright8BitSrgb({ space, depth, orientation = 1, icc }: Metadata): boolean {
  return (space === 'srgb' || space === 'b-w') && depth === 'uchar' && orientation === 1 && !icc;
}

/** What loses nothing stays without loss; a photo would grow manifold. */
async function storedFormat(
  format: Container['format'],
  decodable: Uint8Array,
  { hasAlpha }: Metadata,
  open: (bytes: Uint8Array) => Sharp,
): Promise<ImageFormat> {
  const isLossy = ['jpeg', 'avif', 'heic'].includes(format) || (format === 'webp' && isLossyWebp(decodable));
  if (!isLossy) return 'png';
  if (!hasAlpha) return 'jpeg';
  return (await open(decodable).stats()).isOpaque ? 'jpeg' : 'webp';
}

function isLossyWebp(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('VP8 ', 12, 'latin1');
}

async function encode(image: Sharp, format: ImageFormat): Promise<CheckedImage> {
  const encoded = {
    png: () => image.png(),
    // Full colour resolution: halved colour smears brush strokes.
    jpeg: () => image.flatten({ background: '#ffffff' }).jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' }),
    webp: () => image.webp({ quality: QUALITY }),
  }[format]();
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
  return { bytes: data, format, width: info.width, height: info.height };
}

/** The error for an upload of too many bytes; also thrown while it is still streaming in. */
export function tooManyBytes(maxBytes: number): StorageError {
  return new StorageError(
    'TOO_LARGE',
    `The file has more than ${maxBytes.toLocaleString('en')} bytes. Save the image smaller, or as JPEG.`,
  );
}

/** Turns what the structure's reader and the decoder say about bad bytes into a `StorageError`. */
function toStorageError(cause: unknown, maxPixels: number): StorageError {
  if (cause instanceof StorageError) return cause;
  const message = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
  if (message.includes('pixel limit')) {
    const limit = maxPixels.toLocaleString('en');
    return new StorageError('TOO_LARGE', `The image has more than ${limit} pixels. Upload a smaller one.`, { cause });
  }
  return new StorageError(
    'NOT_AN_IMAGE',
    `The file cannot be decoded (${message}). Save the image again as PNG or JPEG and upload it.`,
    { cause },
  );
}
