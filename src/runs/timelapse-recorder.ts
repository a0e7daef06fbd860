import type { Logger } from 'pino';
import type { RgbImage } from '../core/pixels.js';
import type { EngineRun, StepRecord } from '../engine/index.js';
import { FRAME_SIZE } from '../images/timelapse-service.js';
import type { SessionRow, Storage } from '../storage/index.js';
import { TimelapsePlan, type PlannedFrame } from './timelapse-plan.js';

/** WebP quality, 0 to 100. */
const QUALITY = 80;

type RecorderStorage = Pick<Storage, 'timelapses' | 'images' | 'codec'>;

/**
 * Stores small images of a run. An image is requested only when a frame is due and the previous frame has been written, so
 * that the run never waits. A frame that cannot be stored does not fail the run.
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

  /** Continues with the frames of earlier runs of the session. The row carries the claim token. */
  static async open(storage: RecorderStorage, session: SessionRow, logger: Logger): Promise<TimelapseRecorder> {
    const frames = await storage.timelapses.framesOf([session.id]);
    return new TimelapseRecorder(storage, session, logger, frames.get(session.id) ?? []);
  }

  /** Requests the first image of the run. */
  begin(run: Pick<EngineRun, 'wantImage'>): void {
    this.#run = run;
    this.#asked = this.#plan.isDue(1);
    if (this.#asked) run.wantImage();
  }

  /** Takes every step record, with its image if one was requested. */
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

  /** Stores the result as the last frame, if the run has completed. Resolves when all frames are stored. */
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
    const { timelapses, images, codec } = this.storage;
    const { bytes, width, height } = await codec.encode(image, 'webp', { maxSide: FRAME_SIZE, quality: QUALITY });
    this.#plan.add({ seq, step });
    const keep = this.#plan.kept.map((kept) => kept.seq);
    const frame = { sessionId: this.session.id, seq, step, width, height, byteSize: bytes.byteLength };
    await images.keepBlob(bytes, (sha256) => timelapses.record({ ...frame, sha256 }, this.session.claimToken!, keep));
  }
}
