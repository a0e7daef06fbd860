import type { Logger } from 'pino';
import type { ImageStore, SessionRow } from '../storage/types.js';
import type { StorageCleaner } from './storage-cleaner.js';

const INTERVAL_MS = 60 * 60 * 1000;

/** Lets go of pictures that nobody uses: a deleted session's at once, all others from time to time. */
export class ImageSweeper {
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly pictures: ImageStore,
    private readonly cleaner: StorageCleaner,
    private readonly logger: Logger,
  ) {}

  /** Sweeps now and every hour. */
  start(): void {
    this.#sweeping = this.sweep();
    this.#timer = setInterval(() => {
      this.#sweeping = this.#sweeping.then(() => this.sweep());
    }, INTERVAL_MS).unref();
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#abort.abort();
    await this.#sweeping;
  }

  /** Lets all go that nobody uses and that has been here for long enough. */
  async sweep(): Promise<void> {
    await this.#try(async () => {
      const cleaned = await this.cleaner.clean(this.#abort.signal);
      if (cleaned.images + cleaned.bytes > 0) this.logger.info(cleaned, 'unused pictures and states freed');
    });
  }

  /**
   * The pictures of a session that was deleted, and the blobs of its timelapse. Its result needs no grace, unless it came in
   * again since.
   */
  async freeOf({ resultImageId, finishedAt, ...session }: SessionRow, frames: readonly string[]): Promise<void> {
    await this.#try(async () => {
      await this.pictures.freeKeys(frames);
      if (resultImageId && finishedAt) {
        await this.pictures.free({ among: [resultImageId], storedBefore: finishedAt });
      }
      const among = uploadsOf(session);
      await this.pictures.free({ among, storedBefore: this.cleaner.graceBegan });
    });
  }

  /** What fails now succeeds at the next sweep. */
  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.error({ err: error }, 'unused pictures not freed; will try again');
    }
  }
}

function uploadsOf(
  session: Pick<SessionRow, 'contentImageId' | 'initialImageId' | 'keepMaskImageId' | 'styles'>,
): string[] {
  const { contentImageId, initialImageId, keepMaskImageId, styles } = session;
  const ids = [contentImageId, initialImageId, keepMaskImageId];
  for (const { imageId, maskImageId } of styles) ids.push(imageId, maskImageId);
  return ids.filter((id) => id !== null);
}
