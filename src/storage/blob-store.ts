import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, open, readdir, readFile, rename, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { syncFolder, writeDurably } from './durable-files.js';
import { StorageError } from './errors.js';
import { deleteOldFile, deleteOldFiles } from './old-files.js';
import { SharedLock } from './shared-lock.js';
import type { BlobStore } from './types.js';

const KEY = /^[0-9a-f]{64}$/;

/**
 * Blobs as files `ab/cd/<sha256>` under one folder. A blob is written to a file of its own in `incoming/`, forced to disk
 * and only then moved into place, so whatever happens there is either the whole blob or none.
 */
export class FileBlobStore implements BlobStore {
  /** A blob that is stored again must not be deleted at the same time as an old one. */
  readonly #lock = new SharedLock();

  private constructor(private readonly root: string) {}

  /** Opens the store and removes what a killed process left half-written. Call it only while the data folder is locked. */
  static async open(root: string): Promise<FileBlobStore> {
    const store = new FileBlobStore(root);
    await rm(store.incoming, { recursive: true, force: true });
    await mkdir(store.incoming, { recursive: true });
    return store;
  }

  async put(bytes: Uint8Array): Promise<string> {
    const key = createHash('sha256').update(bytes).digest('hex');
    if (await this.#lock.shared(() => this.touch(key))) return key;

    const temporary = path.join(this.incoming, randomUUID());
    const target = this.path(key);
    try {
      await writeDurably(temporary, bytes);
      await mkdir(path.dirname(target), { recursive: true });
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    // The names on the way must be on disk too, else a power cut could take the blob with its folder.
    for (const folder of [path.dirname(target), path.dirname(path.dirname(target)), this.root])
      await syncFolder(folder);
    return key;
  }

  async get(key: string): Promise<Buffer> {
    return await readFile(this.path(key)).catch((error: unknown) => rethrow(error, key));
  }

  async stream(key: string): Promise<Readable> {
    const file = await open(this.path(key)).catch((error: unknown) => rethrow(error, key));
    return file.createReadStream();
  }

  async has(key: string): Promise<boolean> {
    if (!KEY.test(key)) return false;
    return await access(this.path(key)).then(
      () => true,
      () => false,
    );
  }

  async delete(key: string, storedBefore?: Date): Promise<number | null> {
    if (!KEY.test(key)) return null;
    return await this.#lock.exclusive(() => deleteOldFile(this.path(key), storedBefore));
  }

  async deleteUnfinished(begunBefore: Date): Promise<number> {
    return await deleteOldFiles(this.incoming, begunBefore);
  }

  async *list(): AsyncIterable<readonly string[]> {
    for (const first of await foldersIn(this.root)) {
      for (const second of await foldersIn(path.join(this.root, first))) {
        yield (await readdir(path.join(this.root, first, second))).filter((name) => KEY.test(name));
      }
    }
  }

  /** Marks a blob as stored just now; false where there is none. */
  private async touch(key: string): Promise<boolean> {
    const now = new Date();
    return await utimes(this.path(key), now, now).then(
      () => true,
      () => false,
    );
  }

  private get incoming(): string {
    return path.join(this.root, 'incoming');
  }

  private path(key: string): string {
    if (!KEY.test(key)) throw missing(key);
    return path.join(this.root, key.slice(0, 2), key.slice(2, 4), key);
  }
}

/** The folders of two hexadecimal digits. */
async function foldersIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name));
}

function missing(key: string, cause?: unknown): StorageError {
  return new StorageError('BLOB_MISSING', `There are no stored bytes under ${key}.`, { cause });
}

function rethrow(error: unknown, key: string): never {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw missing(key, error);
  throw error;
}
