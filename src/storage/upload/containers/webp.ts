import { bufferOf, checkSides, damaged, tooMuch, type Container } from './container.js';

const MAX_CHUNKS = 10_000;
/** Flags of the extended header. */
const ALPHA = 0x10;
const ANIMATION = 0x02;
const EXIF = 0x08;
const ICC = 0x20;

/**
 * Reads a WebP (RFC 9649, section 2): keeps the pixels of a still image, or of an animation's first frame, and drops what
 * follows the RIFF chunk.
 */
export function readWebp(bytes: Uint8Array): Container {
  const file = bufferOf(bytes);
  const size = file.readUInt32LE(4) + 8;
  if (size > file.length + 1) throw damaged('WebP', 'it is cut off');
  const chunks = readChunks(file.subarray(0, Math.min(size, file.length)));
  const find = (...types: readonly string[]) => chunks.filter(({ type }) => types.includes(type));
  const header = find('VP8X')[0];
  if (header) checkSides(1 + header.data.readUIntLE(4, 3), 1 + header.data.readUIntLE(7, 3));
  const frame = find('ANMF')[0];
  // A frame's data begins with 16 bytes of place and duration; its image is chunks again.
  const image = frame ? readChunks(Buffer.concat([file.subarray(0, 12), frame.data.subarray(16)])) : chunks;
  const pixels = image.filter(({ type }) => type === 'ALPH' || type === 'VP8 ' || type === 'VP8L').slice(0, 2);
  if (!pixels.some(({ type }) => type !== 'ALPH')) throw damaged('WebP', 'it has no pixels');
  if (!header) return { format: 'webp', decodable: assemble(pixels), pixelsOnly: assemble(pixels), isMended: false };
  const profile = find('ICCP').slice(0, 1);
  const exif = find('EXIF').slice(0, 1);
  const flags = (frame ? ALPHA : header.data[0]! & ALPHA) & ~ANIMATION;
  const sides = frame ? frame.data.subarray(6, 12) : header.data.subarray(4, 10);
  const extended = (extra: number): Chunk => ({
    type: 'VP8X',
    data: Buffer.concat([Buffer.from([flags | extra, 0, 0, 0]), sides]),
  });
  const metadata = (profile.length > 0 ? ICC : 0) | (exif.length > 0 ? EXIF : 0);
  return {
    format: 'webp',
    decodable: assemble([extended(metadata), ...profile, ...pixels, ...exif]),
    pixelsOnly: assemble([extended(0), ...pixels]),
    isMended: false,
  };
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

function readChunks(file: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 12; at + 8 <= file.length;) {
    const type = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    if (at + 8 + size > file.length) throw damaged('WebP', `its ${type} chunk is cut off`);
    if (chunks.length === MAX_CHUNKS)
      throw tooMuch(`The WebP has more than ${MAX_CHUNKS} chunks. Save the image again.`);
    chunks.push({ type, data: file.subarray(at + 8, at + 8 + size) });
    at += 8 + size + (size & 1);
  }
  const header = chunks.find(({ type }) => type === 'VP8X');
  if (header && header.data.length < 10) throw damaged('WebP', 'its header is too short');
  if (chunks.some(({ type, data }) => type === 'ANMF' && data.length < 16))
    throw damaged('WebP', 'a frame is too short');
  return chunks;
}

function assemble(chunks: readonly Chunk[]): Buffer {
  const parts = chunks.flatMap(({ type, data }) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return [head, data, Buffer.alloc(data.length & 1)];
  });
  const body = Buffer.concat(parts);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([head, body]);
}
