/** Writes safetensors files (https://github.com/huggingface/safetensors, "Format"). */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { TensorEntry } from './safetensors.js';

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** As many as the shape says. */
  readonly values: Float32Array;
}

/** The beginning of a file whose data are laid out as `entries` say: the length field and the header. */
export function encodeHeader(
  entries: Iterable<readonly [name: string, entry: TensorEntry]>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const tensors = [...entries].map(([name, { dtype, shape, offsets }]) => [
    name,
    { dtype, shape, data_offsets: offsets },
  ]);
  const json = JSON.stringify({ __metadata__: metadata, ...(Object.fromEntries(tensors) as object) });
  const text = new TextEncoder().encode(json);
  // Spaces up to a multiple of 8, so that readers may map the tensors into memory as they are.
  const bytes = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  bytes.set(text, 8);
  return bytes;
}

/** Writes float32 tensors and metadata. Atomic: a reader sees no file, the one before, or the whole new one. */
export async function writeSafetensors(
  file: string,
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  let end = 0;
  const entries = tensors.map(({ name, shape, values }) => {
    const begin = end;
    end += values.byteLength;
    return [name, { dtype: 'F32', shape, offsets: [begin, end] }] as const;
  });
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(unfinished, 'wx');
    try {
      await handle.writeFile(encodeHeader(entries, metadata));
      for (const { values } of tensors) {
        await handle.writeFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
