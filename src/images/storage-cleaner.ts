import type { Storage } from '../storage/index.js';

/** What nobody uses stays this long after it last came in: somebody may be about to use it. */
const GRACE_MS = 24 * 60 * 60 * 1000;

/** What went. */
export interface Cleaned {
  /** Uploads and results that no session used. */
  readonly images: number;
  /** Files of pictures that nothing referred to any more. */
  readonly blobs: number;
  /** Kept states of sessions that there are no more. */
  readonly checkpoints: number;
  /** Of all files that went, those included that were never finished. */
  readonly bytes: number;
}

/** Lets everything go that nothing refers to, but for what came in lately. */
export class StorageCleaner {
  constructor(
    private readonly storage: Pick<Storage, 'pictures' | 'blobs' | 'checkpoints' | 'sessions'>,
    private readonly graceMs = GRACE_MS,
  ) {}

  /** What came in at this instant or earlier has been here for long enough. */
  get graceBegan(): Date {
    return new Date(Date.now() - this.graceMs);
  }

  /** Aborting ends it early. */
  async clean(signal?: AbortSignal): Promise<Cleaned> {
    const { pictures, blobs, checkpoints } = this.storage;
    const before = this.graceBegan;
    const rows = await pictures.free({ storedBefore: before });
    const strays = await pictures.freeBlobs(before, signal);
    const orphans = await deleteOrphans(this.storage, before);
    const unfinished = [await blobs.deleteUnfinished(before), await checkpoints.deleteUnfinished(before)];
    return {
      images: rows.images,
      blobs: rows.blobs + strays.blobs,
      checkpoints: orphans.length,
      bytes: [rows.bytes, strays.bytes, ...orphans, ...unfinished].reduce((sum, bytes) => sum + bytes, 0),
    };
  }
}

/**
 * Deletes the checkpoints of sessions that there are no more. One that was kept after `keptBefore` may be that of a session
 * that is about to be: a branch has its state before its row. Returns the size of each in bytes.
 */
export async function deleteOrphans(
  { checkpoints, sessions }: Pick<Storage, 'checkpoints' | 'sessions'>,
  keptBefore?: Date,
): Promise<number[]> {
  const ids = await checkpoints.sessionIds();
  const known = await sessions.existing(ids);
  const sizes: number[] = [];
  for (const id of ids) {
    const size = known.has(id) ? null : await checkpoints.delete(id, keptBefore);
    if (size !== null) sizes.push(size);
  }
  return sizes;
}
