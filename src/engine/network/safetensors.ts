/**
 * Reads safetensors files (https://github.com/huggingface/safetensors, "Format"): 8 bytes little-endian header length,
 * a JSON header, then the tensors' bytes. Every number in the header is checked against the file before it is used.
 */
import { EngineError } from '../errors.js';

export interface TensorEntry {
  readonly dtype: 'F32' | 'F16' | 'BF16';
  readonly shape: readonly number[];
  /** Bytes [begin, end) after the header. */
  readonly offsets: readonly [number, number];
}

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Where the tensors' bytes begin in the file. */
  readonly dataStart: number;
}

/** The format's own limit for a header. */
const MAX_HEADER_BYTES = 100_000_000;
const BYTES_PER_ELEMENT = { F32: 4, F16: 2, BF16: 2 } as const;

const invalid = (message: string) => new EngineError('NETWORK_INVALID', `safetensors: ${message}`);

/** Bytes of the header after the length field, as that field claims. `bytes` are the file's beginning. */
export function headerLength(bytes: Uint8Array): number {
  if (bytes.byteLength < 8) throw invalid('the file is shorter than its 8-byte length field');
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES)
    throw invalid(`the header claims ${length} bytes, at most ${MAX_HEADER_BYTES} are allowed`);
  return length;
}

/** Parses and checks the header. `bytes` may be the file's beginning alone, `fileSize` is the whole file's size. */
export function parseHeader(bytes: Uint8Array, fileSize: number = bytes.byteLength): SafetensorsHeader {
  const length = headerLength(bytes);
  if (8 + length > bytes.byteLength)
    throw invalid(`the header claims ${length} bytes, the file has ${fileSize} in all`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch (cause) {
    throw new EngineError('NETWORK_INVALID', 'safetensors: the header is not JSON', undefined, { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw invalid('the header is not an object');
  const { __metadata__, ...entries } = json as Record<string, unknown>;
  const dataSize = fileSize - 8 - length;
  const tensors = new Map(Object.entries(entries).map(([name, entry]) => [name, checkEntry(name, entry, dataSize)]));
  return { metadata: textsOf(__metadata__), tensors, dataStart: 8 + length };
}

/** The metadata's texts; the format allows nothing else. */
function textsOf(metadata: unknown): Record<string, string> {
  if (typeof metadata !== 'object' || metadata === null) return {};
  return Object.fromEntries(
    Object.entries(metadata).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function checkEntry(name: string, entry: unknown, dataSize: number): TensorEntry {
  const { dtype, shape, data_offsets } = (entry ?? {}) as Record<string, unknown>;
  if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16')
    throw invalid(`${name} has type ${String(dtype)}; F32, F16 and BF16 are read`);
  if (!isSizes(shape)) throw invalid(`${name} has no valid shape`);
  if (!isSizes(data_offsets) || data_offsets.length !== 2) throw invalid(`${name} has no valid offsets`);
  const [begin, end] = data_offsets as [number, number];
  if (begin > end || end > dataSize)
    throw invalid(`${name} lies at bytes ${begin} to ${end}, the file holds ${dataSize}`);
  const wanted = shape.reduce((product, n) => product * n, BYTES_PER_ELEMENT[dtype]);
  if (end - begin !== wanted)
    throw invalid(`${name} of shape [${shape.join(', ')}] takes ${wanted} bytes, the file gives it ${end - begin}`);
  return { dtype, shape, offsets: [begin, end] };
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);

/** One tensor's values as float32. `file` is the whole file. */
export function readTensor(file: Uint8Array, header: SafetensorsHeader, name: string): Float32Array {
  const entry = header.tensors.get(name);
  if (!entry) throw invalid(`no tensor ${name}`);
  const [begin, end] = entry.offsets;
  // A copy: the view needs an aligned start, which the file does not promise.
  const bytes = new Uint8Array(file.subarray(header.dataStart + begin, header.dataStart + end));
  if (entry.dtype === 'F32') return new Float32Array(bytes.buffer, 0, bytes.byteLength / 4);
  const words = new Uint16Array(bytes.buffer, 0, bytes.byteLength / 2);
  const values = new Float32Array(words.length);
  // Loops, not Float32Array.from with a callback: that takes seconds for a VGG19.
  if (entry.dtype === 'BF16') {
    const bits = new Uint32Array(values.buffer);
    for (let i = 0; i < words.length; i++) bits[i] = words[i]! << 16;
  } else {
    const table = halfTable();
    for (let i = 0; i < words.length; i++) values[i] = table[words[i]!]!;
  }
  return values;
}

let halves: Float32Array | undefined;

/** All 65,536 values of IEEE 754 binary16: 1 sign, 5 exponent (bias 15) and 10 fraction bits. */
function halfTable(): Float32Array {
  return (halves ??= Float32Array.from({ length: 65536 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
  }));
}
