import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { CheckpointForm, EngineRun, StepRecord, WrittenCheckpoint } from '../engine/index.js';
import type { CheckpointStore } from '../storage/index.js';
import type { ProgressRecorder } from './recorder.js';

/**
 * Time between two checkpoints, milliseconds. Half of the work that a crash may cost (10 s), because a checkpoint waits
 * for the end of a step and takes time to write. If a single step takes longer, every step has a checkpoint.
 */
const INTERVAL_MS = 5000;

/** Requests checkpoints of a run at intervals and stores them. */
export class Checkpoints {
  readonly #storing = pLimit(1);
  #stored: Promise<void> = Promise.resolve();
  /** Whether a requested checkpoint has not been stored yet. */
  #isPending = false;
  #stopped = false;
  #last: StepRecord | null = null;
  /** The run's elapsed time at the newest checkpoint, or at the first step. */
  #storedMs = 0;
  #stepMs = 0;

  constructor(
    private readonly store: CheckpointStore,
    private readonly recorder: ProgressRecorder,
    private readonly sessionId: string,
    private readonly logger: Logger,
    private readonly run: Pick<EngineRun, 'wantCheckpoint'>,
    private readonly intervalMs = INTERVAL_MS,
  ) {}

  /** Takes every step record, after the recorder. */
  add(record: StepRecord, checkpoint?: WrittenCheckpoint): void {
    if (this.#last) this.#stepMs = record.elapsedMs - this.#last.elapsedMs;
    else this.#storedMs = record.elapsedMs;
    this.#last = record;
    if (checkpoint) this.#stored = this.#storing(() => this.#store(checkpoint, record));
    else this.#requestWhenDue();
  }

  /** Stops the run at a checkpoint after the current step: FULL to resume the run, FINAL to end it. */
  stop(form: CheckpointForm): void {
    this.#stopped = true;
    this.run.wantCheckpoint(this.store.newFile(), { form, thenStop: true });
  }

  /** Resolves when every checkpoint that arrived is stored or has failed. */
  async settled(): Promise<void> {
    await this.#stored;
  }

  #requestWhenDue(): void {
    if (this.#isPending || this.#stopped) return;
    // The checkpoint will be taken at the end of the next step.
    if (this.#last!.elapsedMs + this.#stepMs - this.#storedMs < this.intervalMs) return;
    this.#isPending = true;
    this.run.wantCheckpoint(this.store.newFile(), { form: 'FULL', thenStop: false });
  }

  async #store({ file, error }: WrittenCheckpoint, { elapsedMs }: StepRecord): Promise<void> {
    try {
      if (error !== undefined) throw new Error(error);
      // Losses first: a run resumed from this checkpoint does not report them again.
      await this.recorder.flush();
      await this.store.keep(this.sessionId, file);
    } catch (cause) {
      this.logger.error({ err: cause, session: this.sessionId }, 'checkpoint not stored; the previous one stays');
    }
    this.#storedMs = elapsedMs;
    this.#isPending = false;
    this.#requestWhenDue();
  }
}
