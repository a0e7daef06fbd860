import { bufferOf, checkSides, damaged, type Container } from './container.js';

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const GRAPHIC_CONTROL = 0xf9;
const TRAILER = 0x3b;

/** Reads a GIF (GIF89a Specification, sections 18 to 26) up to its first image; later frames, comments and data are dropped. */
export function readGif(bytes: Uint8Array): Container {
  const file = bufferOf(bytes);
  if (file.length < 13) throw damaged('GIF', 'it is cut off');
  checkSides(file.readUInt16LE(6), file.readUInt16LE(8));
  let at = 13 + tableSize(file[10]!);
  const kept = [file.subarray(0, at)];
  for (;;) {
    const begin = at;
    const block = file[at];
    if (block === EXTENSION) {
      at = skipBlocks(file, at + 2);
      // How the next image is shown: its transparent colour.
      if (file[begin + 1] === GRAPHIC_CONTROL) kept.push(file.subarray(begin, at));
    } else if (block === IMAGE) {
      if (at + 10 > file.length) throw damaged('GIF', 'it is cut off');
      at = skipBlocks(file, at + 11 + tableSize(file[at + 9]!));
      kept.push(file.subarray(begin, at));
      break;
    } else throw damaged('GIF', block === undefined ? 'it is cut off' : 'it has no image');
  }
  return { format: 'gif', decodable: Buffer.concat([...kept, Buffer.from([TRAILER])]), isMended: false };
}

/** Bytes of the colour table that the flags announce. */
function tableSize(flags: number): number {
  return flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
}

/** The place behind a sequence of sub-blocks, which an empty one ends. */
function skipBlocks(file: Buffer, from: number): number {
  for (let at = from; ;) {
    const length = file[at];
    if (length === undefined) throw damaged('GIF', 'it is cut off');
    at += length + 1;
    if (length === 0) return at;
  }
}
