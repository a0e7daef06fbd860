import { StorageError } from '../../errors.js';

/** The longest side that an image may have, pixels. Decoders hold whole rows, so a long side costs memory at any area. */
export const MAX_SIDE = 32_768;

/** An image file after its structure was read, before any pixel was decoded. */
export interface Container {
  /** The file's format, found in its bytes. */
  readonly format: 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff' | 'avif' | 'heic';
  /** What a decoder needs: the first image's pixels, its colour profile and its orientation. */
  readonly decodable: Uint8Array;
  /** The first image's pixels alone, in the same format. Absent where the format is not stored as it comes. */
  readonly pixelsOnly?: Uint8Array | undefined;
  /** True where the end of the file was missing and has been added: the decoder must not excuse missing pixels. */
  readonly isMended: boolean;
}

/** The error for a file that ends, or lies, in the middle of its structure. */
export function damaged(format: string, what: string): StorageError {
  return new StorageError(
    'NOT_AN_IMAGE',
    `The ${format} file is damaged: ${what}. Save the image again and upload it.`,
  );
}

/** The error for a file whose parts are too many or too large to decode. */
export function tooMuch(message: string): StorageError {
  return new StorageError('TOO_LARGE', message);
}

/** Refuses sides that no decoder should see. */
export function checkSides(width: number, height: number): void {
  if (width <= MAX_SIDE && height <= MAX_SIDE) return;
  throw tooMuch(`The image is ${width} x ${height} pixels; the maximum is ${MAX_SIDE} a side. Upload a smaller one.`);
}

/** A view of the bytes with number readers, without a copy. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
