import { StorageError } from '../../errors.js';
import { bufferOf, checkSides, damaged, type Container } from './container.js';

const AVIF = new Set(['avif', 'avis']);
const HEIC = /^(hei[cxms]|hev[cxms]|mif1|mif2|msf1)$/;
const MAX_BOXES = 10_000;
/** Boxes that hold boxes on the way to the images' properties, and the bytes before the first of them. */
const PARENTS: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 };

/** Reads the brands and the image sizes of an ISO base media file (ISO/IEC 23008-12). */
export function readHeif(bytes: Uint8Array): Container {
  const file = bufferOf(bytes);
  const brands = file.toString('latin1', 8, Math.min(file.readUInt32BE(0), 256, file.length)).match(/.{4}/gs) ?? [];
  const isAvif = brands.some((brand) => AVIF.has(brand));
  if (!isAvif && !brands.some((brand) => HEIC.test(brand))) {
    throw new StorageError(
      'NOT_AN_IMAGE',
      'The file is a video or another kind of media. Upload a PNG, JPEG, WebP, TIFF, GIF, AVIF or HEIC image.',
    );
  }
  for (const { type, data } of properties(file)) {
    if (type === 'ispe' && data.length >= 12) checkSides(data.readUInt32BE(4), data.readUInt32BE(8));
  }
  return { format: isAvif ? 'avif' : 'heic', decodable: bytes, isMended: false };
}

/** The ICC profile of the first image that has one. */
export function findColourProfile(bytes: Uint8Array): Uint8Array | undefined {
  for (const { type, data } of properties(bufferOf(bytes))) {
    if (type === 'colr' && ['prof', 'rICC'].includes(data.toString('latin1', 0, 4))) return data.subarray(4);
  }
  return undefined;
}

interface Box {
  readonly type: string;
  readonly data: Buffer;
}

/** The image properties of the file: the boxes in meta, iprp, ipco. */
function* properties(file: Buffer): Generator<Box, void, undefined> {
  const boxes = { left: MAX_BOXES };
  const walk = function* (from: number, to: number): Generator<Box, void, undefined> {
    for (let at = from; at + 8 <= to;) {
      if (--boxes.left < 0) throw damaged('HEIF', `it has more than ${MAX_BOXES} boxes`);
      const type = file.toString('latin1', at + 4, at + 8);
      const size = sizeOf(file, at, to);
      const end = Math.min(at + size, to);
      const skip = PARENTS[type];
      if (skip === undefined) yield { type, data: file.subarray(at + 8, end) };
      else yield* walk(at + 8 + skip, end);
      at += size;
    }
  };
  yield* walk(0, file.length);
}

function sizeOf(file: Buffer, at: number, to: number): number {
  const size = file.readUInt32BE(at);
  // To the end of the file.
  if (size === 0) return to - at;
  if (size >= 8) return size;
  // A 64-bit size follows the type.
  if (size === 1 && at + 16 <= to) return Math.max(16, Number(file.readBigUInt64BE(at + 8)));
  throw damaged('HEIF', 'a box is too short');
}
