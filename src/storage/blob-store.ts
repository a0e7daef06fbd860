import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { StorageError } from './errors.js';
import { deleteOldFile, deleteOldFiles, syncFolder, writeDurably } from './files.js';
import { SharedLock } from './shared-lock.js';

const KEY = /^[0-9a-f]{64}$/;

/**
 * Content-addressed bytes as files `ab/cd/<key>` in one folder; the key is the SHA-256 of the bytes, hexadecimal. A blob is
 * written to `incoming/`, forced to disk and renamed into place, so a reader sees a whole blob or none.
 */
export class BlobStore {
  /** Storing a blob again and deleting an old one exclude each other. */
  readonly #lock = new SharedLock();

  private constructor(private readonly root: string) {}

  /** Opens the store and deletes what a killed process left half-written. Call it while the data folder is locked. */
  static async open(root: string): Promise<BlobStore> {
    const store = new BlobStore(root);
    await rm(store.#incoming, { recursive: true, force: true });
    await mkdir(store.#incoming, { recursive: true, mode: 0o700 });
    return store;
  }

  /**
   * Stores bytes and returns their key. Bytes that are stored already are written again all the same: that heals a damaged
   * blob, renews its age, and takes as long as a first upload, which tells nobody that the bytes were there.
   */
  async put(bytes: Uint8Array): Promise<string> {
    const key = createHash('sha256').update(bytes).digest('hex');
    const temporary = path.join(this.#incoming, randomUUID());
    const target = this.#path(key);
    try {
      await writeDurably(temporary, bytes);
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      await this.#lock.shared(() => rename(temporary, target));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    // The folders' names must be on disk too, else a power cut could take the blob with its folder.
    for (const folder of [path.dirname(target), path.dirname(path.dirname(target)), this.root])
      await syncFolder(folder);
    return key;
  }

  /** Reads a blob and verifies its hash. Throws `StorageError` BLOB_MISSING or BLOB_DAMAGED. */
  async get(key: string): Promise<Buffer> {
    const bytes = await readFile(this.#path(key)).catch((error: unknown) => rethrow(error, key));
    if (createHash('sha256').update(bytes).digest('hex') !== key) throw damaged(key);
    return bytes;
  }

  /** Streams a blob of a known size. Throws `StorageError` BLOB_MISSING, or BLOB_DAMAGED where the file has another size. */
  async stream(key: string, byteSize: number): Promise<Readable> {
    const file = await open(this.#path(key)).catch((error: unknown) => rethrow(error, key));
    const { size } = await file.stat();
    if (size === byteSize) return file.createReadStream();
    await file.close();
    throw damaged(key);
  }

  /** Deletes a blob unless it was stored after `storedBefore`. Returns its size in bytes; null where nothing was deleted. */
  async delete(key: string, storedBefore?: Date): Promise<number | null> {
    if (!KEY.test(key)) return null;
    return await this.#lock.exclusive(() => deleteOldFile(this.#path(key), storedBefore));
  }

  /** Deletes half-written blobs begun before this instant. Returns the bytes freed. */
  async deleteUnfinished(begunBefore: Date): Promise<number> {
    return await deleteOldFiles(this.#incoming, begunBefore);
  }

  /** All keys, in batches. */
  async *list(): AsyncIterable<readonly string[]> {
    for (const first of await hexFolders(this.root)) {
      for (const second of await hexFolders(path.join(this.root, first))) {
        yield (await readdir(path.join(this.root, first, second))).filter((name) => KEY.test(name));
      }
    }
  }

  get #incoming(): string {
    return path.join(this.root, 'incoming');
  }

  #path(key: string): string {
    if (!KEY.test(key)) throw missing(key);
    return path.join(this.root, key.slice(0, 2), key.slice(2, 4), key);
  }
}

/** The folders named with two hexadecimal digits. */
async function hexFolders(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name));
}

function missing(key: string, cause?: unknown): StorageError {
  return new StorageError('BLOB_MISSING', `The stored bytes ${key} are missing. Upload the image again.`, { cause });
}

function damaged(key: string): StorageError {
  return new StorageError('BLOB_DAMAGED', `The stored bytes ${key} are damaged. Upload the image again.`);
}

function rethrow(error: unknown, key: string): never {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw missing(key, error);
  throw error;
}
