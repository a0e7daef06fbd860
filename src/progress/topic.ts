import type { SessionRow } from '../storage/types.js';
import type { PreviewFrame } from './preview-frame.js';
import type { Moment, Progress, ProgressEvent, Snapshot } from './progress.js';
import { RecordRing } from './record-ring.js';
import { isTerminal } from '../core/status.js';

/** Changes of status kept for slow subscribers. A session has a handful in its life. */
const STATUS_CAPACITY = 64;

/** A change of status, numbered from 1 within the topic. */
interface StatusChange {
  readonly seq: number;
  readonly moment: Moment;
}

/**
 * What the process knows of one session's progress. Subscribers hold cursors into it, never copies, so its size is
 * the bound of what all of them together cost.
 */
export class ProgressTopic {
  readonly records: RecordRing<Moment>;
  readonly #statuses = new RecordRing<StatusChange>(STATUS_CAPACITY);
  readonly #listeners = new Set<() => void>();
  #newest: Moment | null = null;
  #frame: PreviewFrame | null = null;
  #statusCount = 0;
  #shared: { readonly moment: Moment; readonly event: ProgressEvent } | null = null;
  #previewWanted = false;
  #wantPreview: (() => void) | null = null;

  constructor(ringSize: number) {
    this.records = new RecordRing(ringSize);
  }

  /** The present state; null until it has been read or published. */
  get newest(): Moment | null {
    return this.#newest;
  }

  get frame(): PreviewFrame | null {
    return this.#frame;
  }

  /** The number of the latest change of status. */
  get statusCount(): number {
    return this.#statusCount;
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  /**
   * What subscribers that have come to a moment receive. It is one object for all whom it reaches with the same frame, so
   * that what is made of it can be made once.
   */
  eventOf(moment: Moment): ProgressEvent {
    if (this.#shared?.moment !== moment || this.#shared.event.frame !== this.#frame) {
      this.#shared = { moment, event: { ...moment, frame: this.#frame, gap: false } };
    }
    return this.#shared.event;
  }

  /** The first change of status after the `count`th, if it has come. */
  statusAfter(count: number): StatusChange | undefined {
    return this.#statuses.after(count);
  }

  /** Has `wake` called after every change. Returns the way out. */
  attach(wake: () => void): () => void {
    this.#listeners.add(wake);
    return () => this.#listeners.delete(wake);
  }

  /** Fills in what was read from the database, unless something newer was published in the meantime. */
  seed({ frame, ...moment }: Snapshot): void {
    if (this.#newest) return;
    this.#newest = moment;
    this.#frame = frame;
  }

  /** The session changed its status. A row at step 0 has no record behind it. */
  publishStatus(session: SessionRow, frame?: PreviewFrame): void {
    const progress = session.step > 0 ? (this.#newest?.progress ?? null) : null;
    const moment = { seq: session.seq, session, progress };
    this.#newest = moment;
    this.#frame = frame ?? this.#frame;
    this.#statuses.push({ seq: ++this.#statusCount, moment });
    if (session.status !== 'RUNNING') this.#wantPreview = null;
    this.#wakeAll();
  }

  /** Its owner calls it otherwise: nothing that its subscribers wait for. */
  rename(title: string | null): void {
    if (this.#newest) this.#newest = { ...this.#newest, session: { ...this.#newest.session, title } };
  }

  /** The run made a step. */
  publishRecord(progress: Progress, frame?: PreviewFrame): void {
    if (!this.#newest) return;
    const { seq, step, elapsedMs, evaluations } = progress;
    const session = { ...this.#newest.session, seq, step, elapsedMs, evaluations };
    const moment = { seq, session, progress };
    this.#newest = moment;
    this.records.push(moment);
    if (frame) {
      this.#frame = frame;
      this.#previewWanted = false;
    }
    this.#wakeAll();
  }

  /** A subscriber is ready for a preview: the run is asked for one, once for all who want it. */
  demandPreview(): void {
    if (this.#previewWanted) return;
    this.#previewWanted = true;
    this.#wantPreview?.();
  }

  /** How to ask the run that has begun. What was wanted before it began is asked for at once. */
  onPreviewWanted(want: () => void): void {
    this.#wantPreview = want;
    if (this.#previewWanted) want();
  }

  /** Whether the topic must stay although nobody listens: its run is going on. */
  get isRunning(): boolean {
    return this.#newest?.session.status === 'RUNNING';
  }

  get isOver(): boolean {
    return this.#newest !== null && isTerminal(this.#newest.session.status);
  }

  #wakeAll(): void {
    for (const wake of this.#listeners) wake();
  }
}
