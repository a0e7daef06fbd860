import { isTerminal } from '../core/status.js';
import { Channel } from './channel.js';
import type { ProgressTopic } from './progress-topic.js';
import type { ProgressEvent, SessionProgress } from './progress.js';

export interface ChannelOptions {
  /** Replays the kept records after this one before the live ones. */
  readonly afterSeq?: number | undefined;
  /** Least time between two events of live progress, milliseconds. Changes of status do not wait. */
  readonly minIntervalMs?: number | undefined;
  /** Whether the subscriber shows previews: the run is then asked for them. */
  readonly previews?: boolean | undefined;
}

/**
 * A request for a preview may cross the next record on its way to the engine process, so one record without a preview is
 * expected. After two, the event is sent without a new preview.
 */
const RECORDS_TO_WAIT_FOR_A_PREVIEW = 2;

/**
 * One subscriber's position in a session's progress. A slow subscriber skips records.
 *
 * Order of events: with `afterSeq`, the kept records up to the current one, one by one; without, the current state. Then
 * every change of status, and the newest record between them. A terminal status ends the stream.
 */
export class ProgressChannel extends Channel<ProgressEvent> {
  readonly #minIntervalMs: number;
  readonly #previews: boolean;
  readonly #detach: () => void;
  /** `seq` of the last event. Replay continues after it; live records must be newer. */
  #cursor = 0;
  /** Records up to this one are replayed one by one. */
  #replayUntil = 0;
  /** Number of the last change of status that was sent. */
  #statusCount = 0;
  /** The first event, if it is not a replayed record. */
  #first: SessionProgress | null = null;
  #gap = false;
  #started = false;
  #lastEventAt = -Infinity;
  #timer: NodeJS.Timeout | null = null;
  /** The newest record's `seq` when this channel requested the preview that it is waiting for. */
  #askedAt: number | null = null;

  constructor(
    private readonly topic: ProgressTopic,
    private readonly options: ChannelOptions,
    private readonly hooks: {
      /** Called with the number of records that the subscriber skipped. */
      readonly onSkip?: (count: number) => void;
      readonly onClose: () => void;
    },
  ) {
    super();
    this.#minIntervalMs = options.minIntervalMs ?? 0;
    this.#previews = options.previews ?? false;
    const detach = topic.attach(() => this.pump());
    this.#detach = () => {
      detach();
      hooks.onClose();
    };
  }

  /** Starts the events. Call once, when the topic has a state. */
  start(): void {
    const current = this.topic.newest!;
    const { afterSeq } = this.options;
    this.#cursor = Math.min(afterSeq ?? current.seq, current.seq);
    this.#replayUntil = current.seq;
    this.#statusCount = this.topic.statusCount;
    if (isTerminal(current.session.status) || !this.topic.records.after(this.#cursor)) {
      this.#first = current;
      this.#gap = afterSeq !== undefined && afterSeq !== current.seq;
    } else if (current !== this.topic.records.newest(1)[0]) {
      // The replay ends with a record, and the status has changed since: send that change after the replay.
      this.#statusCount -= 1;
    }
    this.#started = true;
    this.pump();
  }

  protected release(): void {
    this.#clearTimer();
    this.#detach();
  }

  protected pump(): void {
    while (this.#started && this.isAsked) {
      const state = this.#take();
      if (!state) return;
      const gap = this.#gap || !this.topic.records.covers(this.#cursor, state.seq);
      this.#gap = false;
      if (!gap && state.seq > this.#cursor + 1) this.hooks.onSkip?.(state.seq - this.#cursor - 1);
      this.#cursor = state.seq;
      this.#askedAt = null;
      this.answer(this.#eventOf(state, gap));
      if (isTerminal(state.session.status)) this.close();
    }
  }

  /** The first event is never shared: others may have received the same state long ago, with older field values. */
  #eventOf(state: SessionProgress, gap: boolean): ProgressEvent {
    const isFirst = this.#lastEventAt === -Infinity;
    this.#lastEventAt = performance.now();
    return isFirst || gap ? this.topic.toEvent(state, gap) : this.topic.eventOf(state);
  }

  #take(): SessionProgress | undefined {
    if (this.#first) {
      const first = this.#first;
      this.#first = null;
      return first;
    }
    const replayed = this.#cursor < this.#replayUntil ? this.topic.records.after(this.#cursor) : undefined;
    if (replayed && replayed.seq <= this.#replayUntil) return replayed;
    const change = this.topic.statusAfter(this.#statusCount);
    if (change) {
      this.#statusCount = change.seq;
      return change.state;
    }
    return this.#takeLive();
  }

  /** The newest record if it is new to the subscriber, the interval has passed, and its preview is there if wanted. */
  #takeLive(): SessionProgress | undefined {
    const wait = this.#lastEventAt + this.#minIntervalMs - performance.now();
    if (wait > 0) {
      this.#timer ??= setTimeout(() => {
        this.#clearTimer();
        this.pump();
      }, wait).unref();
      return undefined;
    }
    const newest = this.topic.newest!;
    const isNew = newest.seq > this.#cursor;
    if (this.#previews && !(isNew && this.topic.frame?.seq === newest.seq)) {
      this.topic.demandPreview();
      this.#askedAt ??= newest.seq;
      if (newest.seq < this.#askedAt + RECORDS_TO_WAIT_FOR_A_PREVIEW) return undefined;
    }
    return isNew ? newest : undefined;
  }

  #clearTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
