/**
 * Reads safetensors files (https://github.com/huggingface/safetensors, "Format"): the header's length as 8 bytes
 * little-endian, a JSON header, the bytes of the tensors. All numbers in the header are checked against the file's size.
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
  /** Position in the file of the first tensor's bytes. */
  readonly dataStart: number;
}

/** Maximum length of a header, as the format defines it. */
const MAX_HEADER_BYTES = 100_000_000;
const BYTES_PER_ELEMENT = { F32: 4, F16: 2, BF16: 2 } as const;

const invalid = (message: string) => new EngineError('NETWORK_INVALID', `safetensors: ${message}`);

/** The value of the length field. `bytes` is the beginning of the file. */
export function headerLength(bytes: Uint8Array): number {
  if (bytes.byteLength < 8) throw invalid('the file is shorter than its 8-byte length field');
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES)
    throw invalid(`the header claims ${length} bytes, at most ${MAX_HEADER_BYTES} are allowed`);
  return length;
}

/** Parses and checks the header. `bytes` may be only the beginning of the file; `fileSize` is the size of the whole file. */
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

/** The metadata that are strings; the format allows no other type. */
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
    throw invalid(`${name} has bytes ${begin} to ${end}, but the file has ${dataSize}`);
  const wanted = shape.reduce((product, n) => product * n, BYTES_PER_ELEMENT[dtype]);
  if (end - begin !== wanted)
    throw invalid(`${name} of shape [${shape.join(', ')}] needs ${wanted} bytes, but has ${end - begin}`);
  return { dtype, shape, offsets: [begin, end] };
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);

/** The values of a tensor as float32, copied. `file` is the whole file. */
export function readTensor(file: Uint8Array, header: SafetensorsHeader, name: string): Float32Array {
  const entry = header.tensors.get(name);
  if (!entry) throw invalid(`no tensor ${name}`);
  const [begin, end] = entry.offsets;
  // Copied, because a typed array needs an aligned start, which the file does not guarantee.
  const bytes = new Uint8Array(file.subarray(header.dataStart + begin, header.dataStart + end));
  if (entry.dtype === 'F32') return new Float32Array(bytes.buffer, 0, bytes.byteLength / 4);
  const words = new Uint16Array(bytes.buffer, 0, bytes.byteLength / 2);
  const values = new Float32Array(words.length);
  // Float32Array.from with a callback would take seconds for VGG19.
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
