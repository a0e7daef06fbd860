import type { Logger } from 'pino';
import type { SessionRow, Storage } from '../storage/index.js';

/** Unused images and checkpoints are kept this long: a client may be about to use them. */
const GRACE_MS = 24 * 60 * 60 * 1000;
const INTERVAL_MS = 60 * 60 * 1000;

/** What a collection deleted. */
export interface Collected {
  /** Uploads and results that no session used. */
  readonly images: number;
  /** Files of images that no row referred to. */
  readonly blobs: number;
  /** Checkpoints of deleted sessions. */
  readonly checkpoints: number;
  /** Of all deleted files, half-written ones included. */
  readonly bytes: number;
}

/** Deletes images, blobs and checkpoints that nothing refers to: a deleted session's at once, all others every hour. */
export class GarbageCollector {
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #collecting: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly storage: Pick<Storage, 'images' | 'blobs' | 'checkpoints' | 'sessions'>,
    private readonly logger: Logger,
    private readonly graceMs = GRACE_MS,
  ) {}

  /** Collects now and every hour. */
  start(): void {
    this.#collectLater();
    this.#timer = setInterval(() => this.#collectLater(), INTERVAL_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#abort.abort();
    await this.#collecting;
  }

  /** Deletes everything that nothing refers to and that is older than the grace period. */
  async collect(): Promise<Collected> {
    const { images, blobs, checkpoints } = this.storage;
    const before = this.#graceBegan();
    const unused = await images.deleteUnused({ storedBefore: before });
    const strays = await images.deleteStrayBlobs(before, this.#abort.signal);
    const orphans = await this.#deleteOrphans(before);
    const unfinished = [await blobs.deleteUnfinished(before), await checkpoints.deleteUnfinished(before)];
    return {
      images: unused.images,
      blobs: unused.blobs + strays.blobs,
      checkpoints: orphans.length,
      bytes: [unused.bytes, strays.bytes, ...orphans, ...unfinished].reduce((sum, bytes) => sum + bytes, 0),
    };
  }

  /**
   * Deletes what a deleted session alone used: the blobs of its timelapse, its result, and uploads older than the grace
   * period. The result has no grace period, unless the same bytes were uploaded again later.
   */
  async collectSession(session: SessionRow, frames: readonly string[]): Promise<void> {
    const { images } = this.storage;
    const { resultImageId, finishedAt } = session;
    await this.#try(async () => {
      await images.deleteUnusedBlobs(frames);
      if (resultImageId && finishedAt) {
        await images.deleteUnused({ among: [resultImageId], storedBefore: finishedAt });
      }
      await images.deleteUnused({ among: uploadsOf(session), storedBefore: this.#graceBegan() });
    });
  }

  /** Checkpoints of deleted sessions; the size of each in bytes. A branch has its checkpoint before its row. */
  async #deleteOrphans(keptBefore: Date): Promise<number[]> {
    const { checkpoints, sessions } = this.storage;
    const ids = await checkpoints.sessionIds();
    const known = await sessions.existing(ids);
    const sizes: number[] = [];
    for (const id of ids) {
      const size = known.has(id) ? null : await checkpoints.delete(id, keptBefore);
      if (size !== null) sizes.push(size);
    }
    return sizes;
  }

  #collectLater(): void {
    this.#collecting = this.#collecting.then(() =>
      this.#try(async () => {
        const collected = await this.collect();
        if (collected.images + collected.bytes > 0)
          this.logger.info(collected, 'unused images and checkpoints deleted');
      }),
    );
  }

  #graceBegan(): Date {
    return new Date(Date.now() - this.graceMs);
  }

  /** What fails is tried again by the next collection. */
  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.error({ err: error }, 'garbage collection failed; will try again');
    }
  }
}

function uploadsOf({ contentImageId, initialImageId, keepMaskImageId, styles }: SessionRow): string[] {
  const ids = [contentImageId, initialImageId, keepMaskImageId];
  for (const { imageId, maskImageId } of styles) ids.push(imageId, maskImageId);
  return ids.filter((id) => id !== null);
}
