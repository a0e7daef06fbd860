import { Channel } from './channel.js';
import type { Moment, ProgressEvent } from './progress.js';
import type { ProgressTopic } from './topic.js';
import { isTerminal } from '../core/status.js';

export interface ChannelOptions {
  /** Replay the held records beyond this one before going live. */
  readonly afterSeq?: number | undefined;
  /** Least time between two events of live progress, milliseconds. Changes of status do not wait. */
  readonly minIntervalMs?: number | undefined;
  /** Whether the subscriber looks at previews: then the run is asked for them. */
  readonly previews?: boolean | undefined;
}

/**
 * A request for a picture may cross the next record on its way to the engine process, so a record without one means
 * nothing; the second does, and the event goes without a fresh picture.
 */
const RECORDS_TO_WAIT_FOR_A_PREVIEW = 2;

/**
 * One subscriber's way through a session's progress. It holds no events, only how far the subscriber has come: what
 * comes next is looked up in the topic when the subscriber asks for it. So whoever asks slowly skips records, costs
 * nothing and holds up nobody.
 *
 * In order: with `afterSeq`, the records up to the present as far as they are still held, one by one; else the present
 * state at once. Then every change of status, and between them the newest record. A terminal status ends the stream.
 */
export class ProgressChannel extends Channel<ProgressEvent> {
  readonly #minIntervalMs: number;
  readonly #previews: boolean;
  readonly #detach: () => void;
  /** The seq of the last event; replay continues from here, and live records must be beyond it. */
  #cursor = 0;
  /** Records up to here are replayed one by one. */
  #replayUntil = 0;
  /** How many changes of status the subscriber has seen. */
  #statusCount = 0;
  /** The first event, where it is not a replayed record. */
  #first: Moment | null = null;
  #gap = false;
  #started = false;
  #lastEventAt = -Infinity;
  #timer: NodeJS.Timeout | null = null;
  /** The newest record's number when this subscriber last asked for a preview that has not come yet. */
  #askedAt: number | null = null;

  constructor(
    private readonly topic: ProgressTopic,
    private readonly options: ChannelOptions,
    private readonly hooks: {
      /** Records were passed over because the subscriber was slow, or wanted few. */
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

  /** Called once, when the topic knows the present state. */
  start(): void {
    const present = this.topic.newest!;
    const { afterSeq } = this.options;
    this.#cursor = Math.min(afterSeq ?? present.seq, present.seq);
    this.#replayUntil = present.seq;
    this.#statusCount = this.topic.statusCount;
    if (isTerminal(present.session.status) || !this.topic.records.after(this.#cursor)) {
      this.#first = present;
      this.#gap = afterSeq !== undefined && afterSeq !== present.seq;
    } else if (present !== this.topic.records.newest(1)[0]) {
      // The replay ends with a record, but the session has changed its status since: say so after it.
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
      const moment = this.#take();
      if (!moment) return;
      const gap = this.#gap || !this.topic.records.covers(this.#cursor, moment.seq);
      this.#gap = false;
      if (!gap && moment.seq > this.#cursor + 1) this.hooks.onSkip?.(moment.seq - this.#cursor - 1);
      this.#cursor = moment.seq;
      this.#askedAt = null;
      this.answer(this.#eventOf(moment, gap));
      if (isTerminal(moment.session.status)) this.close();
    }
  }

  /** The first event tells of the present, which others may have been told of long ago, so it is nobody else's. */
  #eventOf(moment: Moment, gap: boolean): ProgressEvent {
    const isFirst = this.#lastEventAt === -Infinity;
    this.#lastEventAt = performance.now();
    return isFirst || gap ? { ...moment, frame: this.topic.frame, gap } : this.topic.eventOf(moment);
  }

  #take(): Moment | undefined {
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
      return change.moment;
    }
    return this.#takeLive();
  }

  /** The newest record, if it is new to the subscriber, not too soon, and has its preview where one is looked at. */
  #takeLive(): Moment | undefined {
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
