import { isTerminal } from '../core/status.js';
import type { SessionRow } from '../storage/index.js';
import { Topic } from './channel.js';
import type { PreviewFrame } from './preview-frame.js';
import type { ProgressEvent, SessionProgress, StepProgress, StoredProgress } from './progress.js';
import { RecordRing } from './record-ring.js';

/** Changes of status kept for slow subscribers. A session has a handful in its life. */
const STATUS_CAPACITY = 64;

/** A change of status, numbered from 1 within the topic. */
interface StatusChange {
  readonly seq: number;
  readonly state: SessionProgress;
}

/** One session's progress in memory. Its size does not depend on the number of subscribers. */
export class ProgressTopic extends Topic<SessionProgress, ProgressEvent> {
  readonly records: RecordRing<SessionProgress>;
  readonly #statuses = new RecordRing<StatusChange>(STATUS_CAPACITY);
  #newest: SessionProgress | null = null;
  #frame: PreviewFrame | null = null;
  #statusCount = 0;
  #previewWanted = false;
  #wantPreview: (() => void) | null = null;

  constructor(ringSize: number) {
    super();
    this.records = new RecordRing(ringSize);
  }

  /** The current state; null until it has been read or published. */
  get newest(): SessionProgress | null {
    return this.#newest;
  }

  get frame(): PreviewFrame | null {
    return this.#frame;
  }

  /** Number of the latest change of status. */
  get statusCount(): number {
    return this.#statusCount;
  }

  /** Whether a run feeds the topic: it is kept without subscribers. */
  get isRunning(): boolean {
    return this.#newest?.session.status === 'RUNNING';
  }

  get hasEnded(): boolean {
    return this.#newest !== null && isTerminal(this.#newest.session.status);
  }

  toEvent(state: SessionProgress, gap: boolean): ProgressEvent {
    return { ...state, frame: this.#frame, gap };
  }

  /** The first change of status after number `count`, if there is one. */
  statusAfter(count: number): StatusChange | undefined {
    return this.#statuses.after(count);
  }

  /** Sets the state that was read from the database, unless a newer one was published in the meantime. */
  seed({ frame, ...state }: StoredProgress): void {
    if (this.#newest) return;
    this.#newest = state;
    this.#setFrame(frame);
  }

  /** Publishes a change of status. */
  publishStatus(session: SessionRow, frame?: PreviewFrame): void {
    // A row at step 0 has no step record.
    const progress = session.step > 0 ? (this.#newest?.progress ?? null) : null;
    const state = { seq: session.seq, session, progress };
    this.#newest = state;
    this.#setFrame(frame);
    this.#statuses.push({ seq: ++this.#statusCount, state });
    if (session.status !== 'RUNNING') this.#wantPreview = null;
    this.wakeAll();
  }

  /** Changes the title in the current state. Publishes no event. */
  rename(title: string | null): void {
    if (this.#newest) this.#newest = { ...this.#newest, session: { ...this.#newest.session, title } };
  }

  /** Publishes a step of the run. */
  publishRecord(progress: StepProgress, frame?: PreviewFrame): void {
    if (!this.#newest) return;
    const { seq, step, elapsedMs, evaluations } = progress;
    const session = { ...this.#newest.session, seq, step, elapsedMs, evaluations };
    const state = { seq, session, progress };
    this.#newest = state;
    this.records.push(state);
    this.#setFrame(frame);
    if (frame) this.#previewWanted = false;
    this.wakeAll();
  }

  /** Requests a preview of the run, once for all subscribers that are ready for one. */
  demandPreview(): void {
    if (this.#previewWanted) return;
    this.#previewWanted = true;
    this.#wantPreview?.();
  }

  /** Sets how previews are requested from the run. A request made before the run began is passed on at once. */
  onPreviewWanted(want: () => void): void {
    this.#wantPreview = want;
    if (this.#previewWanted) want();
  }

  #setFrame(frame: PreviewFrame | null | undefined): void {
    if (!frame) return;
    this.#frame = frame;
    this.renewEvent();
  }
}
