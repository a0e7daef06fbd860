import { StorageError } from '../../errors.js';
import { bufferOf, checkSides, damaged, type Container } from './container.js';

/** Tags of an image file directory (TIFF 6.0, part 1, section 8). */
const WIDTH = 256;
const HEIGHT = 257;
const BITS_PER_SAMPLE = 258;
const PHOTOMETRIC = 262;
const SAMPLES_PER_PIXEL = 277;
const SAMPLE_FORMAT = 339;

const UNSIGNED = 1;
/** How many inks or colours a photometric interpretation has: white or black is zero, RGB, palette, mask, CMYK, YCbCr, Lab. */
const COLOURS: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 3, 3: 1, 4: 1, 5: 4, 6: 3, 8: 3 };

/**
 * Reads a TIFF's first directory (TIFF 6.0, part 1, section 2) and refuses sample formats that decoders show wrongly:
 * anything but unsigned integers of up to 16 bits, and separations of more than four inks.
 */
export function readTiff(bytes: Uint8Array): Container {
  const tags = readDirectory(bufferOf(bytes));
  const first = (tag: number, fallback: number) => tags.get(tag)?.[0] ?? fallback;
  checkSides(first(WIDTH, 0), first(HEIGHT, 0));
  const formats = tags.get(SAMPLE_FORMAT) ?? [UNSIGNED];
  const bits = tags.get(BITS_PER_SAMPLE) ?? [1];
  if (formats.some((format) => format !== UNSIGNED) || bits.some((count) => count > 16)) {
    throw refuse(`samples of ${Math.max(...bits)} bits ${formats.includes(3) ? 'floating point' : 'integer'}`);
  }
  const samples = first(SAMPLES_PER_PIXEL, 1);
  const colours = COLOURS[first(PHOTOMETRIC, 1)];
  if (colours === undefined || samples < colours) throw refuse('an unusual colour model');
  // One more than the colours is alpha, except beside four inks, where it is a spot colour.
  if (samples > (colours === 4 ? 4 : colours + 1)) throw refuse(`${samples} channels`);
  return { format: 'tiff', decodable: bytes, isMended: false };
}

function refuse(what: string): StorageError {
  return new StorageError(
    'NOT_AN_IMAGE',
    `The TIFF has ${what}, which is not supported. Save it as 8-bit or 16-bit RGB or grey, or as PNG.`,
  );
}

/** The values of the first directory's tags of types SHORT and LONG, by tag. */
function readDirectory(file: Buffer): Map<number, number[]> {
  const little = file[0] === 0x49;
  const short = (at: number) => (little ? file.readUInt16LE(at) : file.readUInt16BE(at));
  const long = (at: number) => (little ? file.readUInt32LE(at) : file.readUInt32BE(at));
  if (short(2) !== 42) throw refuse('more than 4 GB of addresses (BigTIFF)');
  const tags = new Map<number, number[]>();
  try {
    const begin = long(4);
    for (let entry = 0; entry < short(begin); entry += 1) {
      const at = begin + 2 + 12 * entry;
      const [type, count] = [short(at + 2), long(at + 4)];
      const size = { 3: 2, 4: 4 }[type];
      // Tags of colours and sizes have few values; others, such as strips, are the decoder's.
      if (size === undefined || count > 16) continue;
      const values = size * count <= 4 ? at + 8 : long(at + 8);
      const read = size === 2 ? short : long;
      tags.set(
        short(at),
        Array.from({ length: count }, (_, index) => read(values + size * index)),
      );
    }
  } catch (error) {
    if (error instanceof RangeError) throw damaged('TIFF', 'it is cut off');
    throw error;
  }
  return tags;
}
