// A process to be killed while it writes: puts blobs without end, several at once, and sends each key once it is stored.
import { randomBytes } from 'node:crypto';
import { BlobStore } from '../../src/storage/blob-store.js';

const store = await BlobStore.open(process.argv[2]!);

async function writeForever(): Promise<never> {
  for (;;) process.send!(await store.put(randomBytes(300_000)));
}

await Promise.all([writeForever(), writeForever(), writeForever()]);
