import type { Logger } from 'pino';
import type { EngineRun, StepRecord } from '../engine/index.js';
import type { SessionRow, Storage } from '../storage/index.js';
import { FRAME_SIZE } from '../images/timelapse-service.js';
import { TimelapsePlan, type PlannedFrame } from './timelapse-plan.js';
import type { RgbImage } from '../core/pixels.js';

/** WebP's quality, 0 to 100. */
const QUALITY = 80;

type RecorderStorage = Pick<Storage, 'timelapses' | 'pictures' | 'codec'>;

/**
 * Keeps small pictures of a run while it goes on. It asks for a picture only when one is due, and never while the one
 * before is still being encoded or written, so that it takes no more than it can store; the run waits for nothing. A
 * frame that cannot be stored is no reason for a run to fail.
 */
export class TimelapseRecorder {
  readonly #plan: TimelapsePlan;
  #storing: Promise<void> | null = null;
  #asked = false;
  #run: Pick<EngineRun, 'wantImage'> | null = null;
  #last: StepRecord | null = null;

  private constructor(
    private readonly storage: RecorderStorage,
    private readonly session: SessionRow,
    private readonly logger: Logger,
    kept: readonly PlannedFrame[],
  ) {
    this.#plan = new TimelapsePlan(session.totalSteps, kept);
  }

  /** Goes on with what there is of an earlier run of the session. Its row carries the token of the claim. */
  static async open(storage: RecorderStorage, session: SessionRow, logger: Logger): Promise<TimelapseRecorder> {
    const frames = await storage.timelapses.framesOf([session.id]);
    return new TimelapseRecorder(storage, session, logger, frames.get(session.id) ?? []);
  }

  /** Asks the run for its first picture. */
  begin(run: Pick<EngineRun, 'wantImage'>): void {
    this.#run = run;
    this.#asked = this.#plan.isDue(1);
    if (this.#asked) run.wantImage();
  }

  /** To be called with every step record, and its picture where somebody asked for one. */
  add(record: StepRecord, image?: RgbImage): void {
    this.#last = record;
    if (image) this.#asked = false;
    if (this.#storing) return;
    if (image && this.#plan.isDue(record.step)) this.#store(record, image);
    else if (!this.#asked && this.#plan.isDue(record.step + 1)) {
      this.#asked = true;
      this.#run?.wantImage();
    }
  }

  /** Takes the result as the last frame, where the run has come to its end; resolves when all is stored. */
  async finish(result: RgbImage | null): Promise<void> {
    await this.#storing;
    if (result && this.#last) this.#store(this.#last, result);
    await this.#storing;
  }

  #store(record: StepRecord, image: RgbImage): void {
    this.#storing = this.#write(record, image)
      .catch((error: unknown) => {
        this.logger.warn({ err: error, session: this.session.id, step: record.step }, 'timelapse frame not stored');
      })
      .finally(() => {
        this.#storing = null;
      });
  }

  async #write({ seq, step }: StepRecord, image: RgbImage): Promise<void> {
    const { timelapses, pictures, codec } = this.storage;
    const { bytes, width, height } = await codec.encode(image, 'webp', { maxSide: FRAME_SIZE, quality: QUALITY });
    this.#plan.add({ seq, step });
    const keep = this.#plan.kept.map((kept) => kept.seq);
    const frame = { sessionId: this.session.id, seq, step, width, height, byteSize: bytes.byteLength };
    await pictures.keep(bytes, (sha256) => timelapses.record({ ...frame, sha256 }, this.session.claimToken!, keep));
  }
}
