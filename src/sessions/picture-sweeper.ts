import type { Logger } from 'pino';
import type { PictureStore, SessionRow } from '../storage/types.js';

/** Pictures that nobody uses stay this long after they last came in: somebody may be about to use them. */
const GRACE_MS = 24 * 60 * 60 * 1000;
const INTERVAL_MS = 60 * 60 * 1000;

/** Lets go of pictures that nobody uses: a deleted session's at once, all others from time to time. */
export class PictureSweeper {
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly pictures: PictureStore,
    private readonly logger: Logger,
    private readonly graceMs = GRACE_MS,
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

  /** Lets all unused pictures go that have been here for long enough, and bytes that a dead process left behind. */
  async sweep(): Promise<void> {
    await this.#try(async () => {
      const storedBefore = this.#graceBegan();
      const pictures = await this.pictures.free({ storedBefore });
      const blobs = await this.pictures.freeBlobs(storedBefore, this.#abort.signal);
      if (pictures + blobs > 0) this.logger.info({ pictures, blobs }, 'unused pictures freed');
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
      await this.pictures.free({ among, storedBefore: this.#graceBegan() });
    });
  }

  #graceBegan(): Date {
    return new Date(Date.now() - this.graceMs);
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
