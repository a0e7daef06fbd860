import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { StepRecord } from '../engine/index.js';
import type { LossRow, SessionRepository } from '../storage/index.js';

/** Time between two writes, milliseconds: steps are more frequent than database writes should be. */
const INTERVAL_MS = 1000;

/** Writes a run's losses and position in batches. Records are kept until they are written. */
export class ProgressRecorder {
  readonly #writing = pLimit(1);
  #unwritten: StepRecord[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly sessions: Pick<SessionRepository, 'recordProgress'>,
    private readonly sessionId: string,
    private readonly claimToken: string,
    private readonly logger: Logger,
  ) {}

  add(record: StepRecord): void {
    this.#unwritten.push(record);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.flush().catch((error: unknown) => {
        this.logger.error({ err: error, session: this.sessionId }, 'losses not written; will retry');
      });
    }, INTERVAL_MS).unref();
  }

  /** Writes all remaining records. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#writing(() => this.#writeBatch());
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#unwritten;
    const last = batch.at(-1);
    if (!last) return;
    await this.sessions.recordProgress(this.sessionId, this.claimToken, batch.map(toRow), last);
    this.#unwritten = this.#unwritten.slice(batch.length);
  }
}

function toRow({ seq, step, scale, losses, elapsedMs }: StepRecord): LossRow {
  const { total, content, style, totalVariation } = losses;
  return { seq, step, scaleIndex: scale.index, total, content, style, totalVariation, elapsedMs };
}
