import type { Logger } from 'pino';
import type { StepRecord } from '../engine/types/run.js';
import type { LossRow, SessionRepository } from '../storage/types.js';

/** Least time between two writes, milliseconds: steps come faster than a database should be written to. */
const INTERVAL_MS = 1000;

/** Writes a run's losses and position in batches. Records are kept until they are written. */
export class ProgressWriter {
  #unwritten: StepRecord[] = [];
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly sessions: SessionRepository,
    private readonly sessionId: string,
    private readonly claimToken: string,
    private readonly logger: Logger,
  ) {}

  add(record: StepRecord): void {
    this.#unwritten.push(record);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#write().catch((error: unknown) => {
        this.logger.error({ err: error, session: this.sessionId }, 'losses not written; will try again');
      });
    }, INTERVAL_MS).unref();
  }

  /** Writes what is left. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#write();
  }

  #write(): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#writeBatch());
    return this.#writing;
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
