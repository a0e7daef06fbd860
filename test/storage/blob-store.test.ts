import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { BlobStore } from '../../src/storage/blob-store.js';
import { temporaryFolder } from './support.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

it('gives back what was put, under the hash of the bytes', async () => {
  const root = await temporaryFolder();
  const store = await BlobStore.open(root);
  const bytes = randomBytes(100_000);
  const key = await store.put(bytes);
  expect(key).toBe(sha256(bytes));
  expect(await store.get(key)).toEqual(bytes);
  expect(await buffer(await store.stream(key, 100_000))).toEqual(bytes);
  expect(await filesUnder(root)).toEqual([path.join(root, key.slice(0, 2), key.slice(2, 4), key)]);
});

it('stores the same bytes once, even when they come many times at once', async () => {
  const root = await temporaryFolder();
  const store = await BlobStore.open(root);
  const bytes = randomBytes(50_000);
  const keys = await Promise.all(Array.from({ length: 20 }, () => store.put(bytes)));
  expect(new Set(keys)).toEqual(new Set([sha256(bytes)]));
  expect(await filesUnder(root)).toHaveLength(1);
});

it('says so where there is none, and takes no path for a key', async () => {
  const store = await BlobStore.open(await temporaryFolder());
  for (const key of ['0'.repeat(64), '../../etc/passwd', '', 'A'.repeat(64)]) {
    await expect(store.get(key)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    await expect(store.stream(key, 1)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
  }
});

it.each([
  ['damaged', (bytes: Buffer) => bytes.fill(0, 10, 20)],
  ['cut off', (bytes: Buffer) => bytes.subarray(0, 50)],
  ['empty', () => Buffer.alloc(0)],
])('notices a %s blob, and storing it again heals it', async (what, harm) => {
  const root = await temporaryFolder();
  const store = await BlobStore.open(root);
  const bytes = randomBytes(100);
  const key = await store.put(bytes);
  const [file] = await filesUnder(root);
  await writeFile(file!, harm(Buffer.from(bytes)));
  await expect(store.get(key)).rejects.toMatchObject({ code: 'BLOB_DAMAGED' });
  if (what !== 'damaged') await expect(store.stream(key, 100)).rejects.toMatchObject({ code: 'BLOB_DAMAGED' });
  expect(await store.put(bytes)).toBe(key);
  expect(await store.get(key)).toEqual(bytes);
});

it('removes at start what a killed process left half-written', async () => {
  const root = await temporaryFolder();
  await mkdir(path.join(root, 'incoming'));
  await writeFile(path.join(root, 'incoming', 'left-over'), 'half');
  await BlobStore.open(root);
  expect(await filesUnder(root)).toEqual([]);
});

it('holds only whole blobs, and every acknowledged one, after its process was killed', async () => {
  const root = await temporaryFolder();
  const writer = fork(new URL('blob-writer.ts', import.meta.url), [root], { execArgv: ['--import', 'tsx'] });
  const acknowledged: string[] = [];
  for await (const [key] of on(writer, 'message')) {
    acknowledged.push(key as string);
    if (acknowledged.length === 40) break;
  }
  writer.kill('SIGKILL');
  await once(writer, 'exit');

  const store = await BlobStore.open(root);
  for (const key of acknowledged) expect(sha256(await store.get(key))).toBe(key);
  for (const file of await filesUnder(root)) expect(sha256(await readFile(file))).toBe(path.basename(file));
});
