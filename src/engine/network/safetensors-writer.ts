/** Writes safetensors files (https://github.com/huggingface/safetensors, "Format"). */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { TensorEntry } from './safetensors.js';

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** As many values as the shape says. */
  readonly values: Float32Array;
}

type Metadata = Readonly<Record<string, string>>;

/** The length field and the header of a file with these entries. */
export function encodeHeader(
  entries: Iterable<readonly [name: string, entry: TensorEntry]>,
  metadata: Metadata,
): Uint8Array {
  const tensors = [...entries].map(([name, { dtype, shape, offsets }]) => [
    name,
    { dtype, shape, data_offsets: offsets },
  ]);
  const json = JSON.stringify({ __metadata__: metadata, ...(Object.fromEntries(tensors) as object) });
  const text = new TextEncoder().encode(json);
  // Padded with spaces to a multiple of 8 bytes, so that readers can map the tensors into memory.
  const bytes = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  bytes.set(text, 8);
  return bytes;
}

/** A whole file of float32 tensors. Copies the values. */
export function encodeSafetensors(tensors: readonly NamedTensor[], metadata: Metadata): Buffer {
  let end = 0;
  const entries = tensors.map(({ name, shape, values }) => {
    const begin = end;
    end += values.byteLength;
    return [name, { dtype: 'F32', shape, offsets: [begin, end] }] as const;
  });
  const header = encodeHeader(entries, metadata);
  const data = tensors.map(({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return Buffer.concat([header, ...data]);
}

/** Writes a file of float32 tensors atomically. */
export async function writeSafetensors(
  file: string,
  tensors: readonly NamedTensor[],
  metadata: Metadata,
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomic(file, encodeSafetensors(tensors, metadata));
}
