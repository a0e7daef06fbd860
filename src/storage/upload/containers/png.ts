import { bufferOf, checkSides, damaged, tooMuch, type Container } from './container.js';

export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Chunks that make a still image and its pixel density. `gAMA` and `cHRM` are not among them: the decoder ignores both. */
const PIXELS = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND', 'sRGB', 'pHYs']);
/** Chunks that the decoder needs beside them: colour profile, orientation. */
const DECODABLE = new Set([...PIXELS, 'iCCP', 'eXIf']);
const MAX_CHUNKS = 100_000;
/** Bytes of a compressed colour profile, or of Exif data. */
const MAX_METADATA = 1 << 20;

/** Reads a PNG (PNG Specification, third edition, section 5): keeps the allowed chunks, drops what follows IEND. */
export function readPng(bytes: Uint8Array): Container {
  const file = bufferOf(bytes);
  const decodable: Buffer[] = [PNG_SIGNATURE];
  const pixelsOnly: Buffer[] = [PNG_SIGNATURE];
  let chunks = 0;
  let hasPixels = false;
  for (let at = PNG_SIGNATURE.length; ;) {
    if (at + 12 > file.length) throw damaged('PNG', 'it ends before its IEND chunk');
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const end = at + 12 + length;
    if (end > file.length) throw damaged('PNG', `its ${type} chunk is cut off`);
    if (++chunks > MAX_CHUNKS) throw tooMuch(`The PNG has more than ${MAX_CHUNKS} chunks. Save the image again.`);
    if (chunks === 1) {
      if (type !== 'IHDR' || length !== 13) throw damaged('PNG', 'it does not begin with an IHDR chunk');
      checkSides(file.readUInt32BE(at + 8), file.readUInt32BE(at + 12));
    }
    if (DECODABLE.has(type) && (type !== 'pHYs' || length === 9)) {
      const chunk = file.subarray(at, end);
      if (PIXELS.has(type)) pixelsOnly.push(chunk);
      else if (length > MAX_METADATA)
        throw tooMuch(`The PNG's ${type} chunk has more than 1 MiB. Remove it and try again.`);
      decodable.push(chunk);
    }
    if (type === 'IDAT') hasPixels = true;
    if (type === 'IEND') break;
    at = end;
  }
  if (!hasPixels) throw damaged('PNG', 'it has no pixels');
  return { format: 'png', decodable: Buffer.concat(decodable), pixelsOnly: Buffer.concat(pixelsOnly), isMended: false };
}
