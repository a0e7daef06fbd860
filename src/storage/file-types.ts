/** The ports through which bytes are kept: by their hash, and as checkpoints. */
import type { Readable } from 'node:stream';

/** Content-addressed bytes. The key is the SHA-256 of what is stored, hexadecimal. */
export interface BlobStore {
  /** Stores atomically (a reader never sees half a blob); storing the same bytes again is no work. Returns the key. */
  put(bytes: Uint8Array): Promise<string>;
  /** Throws `StorageError` BLOB_MISSING where there is none. */
  get(key: string): Promise<Buffer>;
  stream(key: string): Promise<Readable>;
  has(key: string): Promise<boolean>;
  /**
   * Deletes a blob, unless it was stored (again) after `storedBefore`. Returns how many bytes it had; null where there was
   * nothing to delete.
   */
  delete(key: string, storedBefore?: Date): Promise<number | null>;
  /** All keys, in bunches. */
  list(): AsyncIterable<readonly string[]>;
  /** Deletes what was begun to be stored before this instant and never finished. Returns how many bytes went. */
  deleteUnfinished(begunBefore: Date): Promise<number>;
}

/**
 * Each session's newest checkpoint, as a file that the engine process writes and reads by itself: of its tens
 * of megabytes nothing passes through the process that serves.
 */
export interface CheckpointStore {
  /** A name for a file to be written; it is nobody's checkpoint until `keep`. */
  newFile(): string;
  /** Makes a written file the session's checkpoint, in place of the one before, atomically and durably. */
  keep(sessionId: string, file: string): Promise<void>;
  /** The session's checkpoint's file, if there is one. */
  find(sessionId: string): Promise<string | null>;
  /** The sessions that have a checkpoint. */
  sessionIds(): Promise<string[]>;
  /** Deletes a checkpoint, unless it was kept after `keptBefore`. Returns how many bytes it had; null where there was none. */
  delete(sessionId: string, keptBefore?: Date): Promise<number | null>;
  /** Deletes what was begun to be written before this instant and never kept. Returns how many bytes went. */
  deleteUnfinished(begunBefore: Date): Promise<number>;
  /** Gives a session a copy of another's checkpoint; false where there is none. */
  copy(fromId: string, toId: string): Promise<boolean>;
}
