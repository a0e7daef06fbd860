/**
 * Reads the structure of image files in plain code before a decoder sees them, so that nothing but the first image's
 * pixels, colour profile and orientation reaches the decoder, and nothing but pixels is stored.
 */
import { StorageError } from '../../errors.js';
import { bufferOf, type Container } from './container.js';
import { readGif } from './gif.js';
import { readHeif } from './heif.js';
import { readJpeg } from './jpeg.js';
import { PNG_SIGNATURE, readPng } from './png.js';
import { readTiff } from './tiff.js';
import { readWebp } from './webp.js';

export { MAX_SIDE, type Container } from './container.js';

/** Reads a file in one of the accepted formats. Throws `StorageError` NOT_AN_IMAGE or TOO_LARGE. */
export function readContainer(bytes: Uint8Array): Container {
  const head = bufferOf(bytes.subarray(0, 16));
  const text = (from: number, to: number) => head.toString('latin1', from, to);
  if (head.subarray(0, 8).equals(PNG_SIGNATURE)) return readPng(bytes);
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return readJpeg(bytes);
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return readWebp(bytes);
  if (/^GIF8[79]a/.test(text(0, 6))) return readGif(bytes);
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(text(0, 4))) return readTiff(bytes);
  if (text(4, 8) === 'ftyp') return readHeif(bytes);
  throw new StorageError(
    'NOT_AN_IMAGE',
    'The file is not a PNG, JPEG, WebP, TIFF, GIF, AVIF or HEIC image. Convert it to one of these and upload it again.',
  );
}
