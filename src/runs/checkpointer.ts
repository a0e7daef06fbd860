import type { Logger } from 'pino';
import type { CheckpointForm } from '../engine/checkpoint/lean.js';
import type { StepRecord } from '../engine/types/run.js';
import type { WrittenCheckpoint } from '../engine/worker/protocol.js';
import type { CheckpointStore } from '../storage/types.js';
import type { EngineRun } from '../engine/worker/host.js';
import type { ProgressWriter } from './progress-writer.js';

/**
 * Work between two checkpoints, milliseconds. Half of what a death may cost (10 s), because a checkpoint waits for the
 * end of a step and takes its time to be written. Where a single step takes longer, each has its checkpoint.
 */
const INTERVAL_MS = 5000;

/** Asks a run for checkpoints from time to time and keeps them. */
export class Checkpointer {
  #keeping: Promise<void> = Promise.resolve();
  /** From asking to having it kept. */
  #busy = false;
  #stopped = false;
  #last: StepRecord | null = null;
  /** The run's elapsed time at its newest checkpoint, or at its first step. */
  #keptMs = 0;
  #stepMs = 0;

  constructor(
    private readonly store: CheckpointStore,
    private readonly progress: ProgressWriter,
    private readonly sessionId: string,
    private readonly logger: Logger,
    private readonly run: Pick<EngineRun, 'wantCheckpoint'>,
    private readonly intervalMs = INTERVAL_MS,
  ) {}

  /** To be called with every step record, after the progress writer has it. */
  add(record: StepRecord, checkpoint?: WrittenCheckpoint): void {
    if (this.#last) this.#stepMs = record.elapsedMs - this.#last.elapsedMs;
    else this.#keptMs = record.elapsedMs;
    this.#last = record;
    if (checkpoint) this.#keeping = this.#keeping.then(() => this.#keep(checkpoint, record));
    else this.#askWhenDue();
  }

  /** Stops the run at a checkpoint, after the step that it is in: FULL to resume it, FINAL where it is to be its last. */
  stop(form: CheckpointForm): void {
    this.#stopped = true;
    this.run.wantCheckpoint(this.store.newFile(), { form, thenStop: true });
  }

  /** Resolves when a checkpoint that has come is kept, or could not be. */
  async settled(): Promise<void> {
    await this.#keeping;
  }

  #askWhenDue(): void {
    if (this.#busy || this.#stopped) return;
    // The checkpoint will be of the end of the next step.
    if (this.#last!.elapsedMs + this.#stepMs - this.#keptMs < this.intervalMs) return;
    this.#busy = true;
    this.run.wantCheckpoint(this.store.newFile(), { form: 'FULL', thenStop: false });
  }

  async #keep({ file, error }: WrittenCheckpoint, { elapsedMs }: StepRecord): Promise<void> {
    try {
      if (error !== undefined) throw new Error(error);
      // The losses first: the run that goes on from here will not tell them again.
      await this.progress.flush();
      await this.store.keep(this.sessionId, file);
    } catch (cause) {
      this.logger.error({ err: cause, session: this.sessionId }, 'checkpoint not kept; the one before still counts');
    }
    this.#keptMs = elapsedMs;
    this.#busy = false;
    this.#askWhenDue();
  }
}
