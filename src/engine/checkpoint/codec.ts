/**
 * A checkpoint as bytes: 8 bytes of magic, then three little-endian uint32 (format version, length of the header, CRC-32
 * of everything behind), the header (the checkpoint as JSON, `{"float32": length}` in an array's place, padded with
 * spaces to a multiple of 4), and the arrays' float32 values, little-endian, in the order of their places.
 */
import { crc32 } from 'node:zlib';
import { EngineError } from '../errors.js';
import type { Checkpoint } from './checkpoint.js';
import { isCheckpoint } from './is-checkpoint.js';

const MAGIC = 'EASEL-CP';
const VERSION = 1;
const HEADER_START = 20;

/** A copy: what happens to the checkpoint's arrays afterwards does not matter. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const arrays: Float32Array[] = [];
  const json = JSON.stringify(checkpoint, (_key, value: unknown) => {
    if (!(value instanceof Float32Array)) return value;
    arrays.push(value);
    return { float32: value.length };
  });
  const header = Buffer.from(json.padEnd(4 * Math.ceil(json.length / 4)));
  const values = arrays.reduce((sum, { length }) => sum + length, 0);
  const bytes = Buffer.alloc(HEADER_START + header.length + 4 * values);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(header.length, 12);
  let at = HEADER_START + header.copy(bytes, HEADER_START);
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(HEADER_START)), 16);
  return bytes;
}

/**
 * The checkpoint, with arrays of its own.
 * @throws EngineError `CHECKPOINT_INVALID` where the bytes are no checkpoint, of another format version, or damaged
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < HEADER_START || file.toString('latin1', 0, 8) !== MAGIC) throw invalid('these bytes are none');
  const version = file.readUInt32LE(8);
  if (version !== VERSION) throw invalid(`it has format ${version}, and this program reads format ${VERSION}`);
  if (crc32(file.subarray(HEADER_START)) !== file.readUInt32LE(16)) throw invalid('it is damaged or cut off');
  const headerEnd = HEADER_START + file.readUInt32LE(12);
  if (headerEnd > file.length) throw invalid('its header is longer than the file');

  let at = headerEnd;
  const takeArray = (length: number) => {
    const end = at + 4 * length;
    if (!(end <= file.length)) throw invalid('its arrays are longer than the file');
    const values = new Float32Array(length);
    new Uint8Array(values.buffer).set(file.subarray(at, end));
    at = end;
    return values;
  };
  const checkpoint = parse(file.toString('utf8', HEADER_START, headerEnd), takeArray);
  if (!isCheckpoint(checkpoint)) throw invalid('its header is not complete');
  if (at !== file.length) throw invalid('it has bytes that belong to nothing');
  return checkpoint;
}

function parse(header: string, takeArray: (length: number) => Float32Array): unknown {
  try {
    return JSON.parse(header, (_key, value: unknown) => (isPlaceholder(value) ? takeArray(value.float32) : value));
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw invalid('its header cannot be read', error);
  }
}

function isPlaceholder(value: unknown): value is { readonly float32: number } {
  return typeof value === 'object' && value !== null && 'float32' in value && isLength(value.float32);
}

const isLength = (value: unknown) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function invalid(reason: string, cause?: unknown): EngineError {
  return new EngineError('CHECKPOINT_INVALID', `the checkpoint cannot be used: ${reason}`, undefined, { cause });
}
