import { LRUCache } from 'lru-cache';
import type { SessionRow } from '../storage/index.js';
import type { SessionObserver } from './observer.js';
import type { PreviewFrame } from './preview-frame.js';
import { ProgressChannel, type ChannelOptions } from './progress-channel.js';
import { ProgressTopic } from './progress-topic.js';
import type { SessionProgress, StepProgress, StoredProgress } from './progress.js';

/** Step records kept for replay, per session. */
const RING_SIZE = 512;
/** Ended sessions kept after their last subscriber left, so that the preview URLs of their last events stay valid. */
const MAX_ENDED = 8;

/**
 * Connects runs with subscribers: one topic for every session that runs or has subscribers. Publishing never waits and
 * costs no memory per subscriber.
 */
export class ProgressHub {
  readonly #topics = new Map<string, ProgressTopic>();
  readonly #ended = new LRUCache<string, ProgressTopic>({ max: MAX_ENDED });
  readonly #loading = new WeakMap<ProgressTopic, Promise<void>>();
  #subscriberCount = 0;
  #skippedCount = 0;

  constructor(
    /** Reads the state of a session that the hub does not hold. */
    private readonly load: (id: string) => Promise<StoredProgress | null>,
    /** Receives everything that is published. */
    private readonly observer: SessionObserver = {},
    private readonly ringSize = RING_SIZE,
  ) {}

  /** Number of open channels. */
  get subscriberCount(): number {
    return this.#subscriberCount;
  }

  /** Number of records that slow subscribers have skipped since the start. */
  get skippedCount(): number {
    return this.#skippedCount;
  }

  /** Publishes a change of status, with the row as it was written. Call after every change of status. */
  publishStatus(session: SessionRow, frame?: PreviewFrame): void {
    const { id, status } = session;
    // A continued session is no longer an ended one.
    const isKnown = status === 'RUNNING' || this.#ended.has(id);
    const topic = isKnown ? this.#topicOf(id) : this.#topics.get(id);
    const before = topic?.newest?.session.status ?? null;
    topic?.publishStatus(session, frame);
    this.observer.changed?.(session, before);
    this.#release(id);
  }

  /** Forgets a deleted session, after its last status. Subscribers can still take its last event. */
  forget(session: SessionRow): void {
    this.#topics.delete(session.id);
    this.#ended.delete(session.id);
    this.observer.deleted?.(session);
  }

  /** Publishes another title or other tags; the session's own stream shows the title with its next event. */
  rename(session: SessionRow): void {
    this.#find(session.id)?.rename(session.title);
    this.observer.changed?.(session, session.status);
  }

  /** Publishes a step record of a running session, with its preview if one was requested. */
  publishRecord(id: string, progress: StepProgress, frame?: PreviewFrame): void {
    const topic = this.#topics.get(id);
    const before = topic?.newest?.progress ?? null;
    topic?.publishRecord(progress, frame);
    if (topic?.newest) this.observer.stepped?.(topic.newest.session, progress, before);
  }

  /** Sets how a run is asked for a preview of its next step. */
  onPreviewWanted(id: string, want: () => void): void {
    this.#topics.get(id)?.onPreviewWanted(want);
  }

  /** The live state of a session, newer than its row while it runs; null if the hub does not hold the session. */
  latest(id: string): SessionProgress | null {
    return this.#find(id)?.newest ?? null;
  }

  /** The newest preview of a session; null if the hub does not hold one. */
  frame(id: string): PreviewFrame | null {
    return this.#find(id)?.frame ?? null;
  }

  /** Opens a stream; null if there is no such session. */
  async subscribe(id: string, options: ChannelOptions = {}): Promise<ProgressChannel | null> {
    const topic = this.#topicOf(id);
    this.#subscriberCount += 1;
    // The channel listens before the state is read, so that it misses nothing in between.
    const channel = new ProgressChannel(topic, options, {
      onSkip: (count) => (this.#skippedCount += count),
      onClose: () => {
        this.#subscriberCount -= 1;
        this.#release(id);
      },
    });
    try {
      if (!topic.newest) await this.#seed(id, topic);
    } catch (error) {
      await channel.return();
      throw error;
    }
    if (!topic.newest) {
      await channel.return();
      return null;
    }
    channel.start();
    return channel;
  }

  /** Loads a session's state once for all concurrent subscribers. */
  #seed(id: string, topic: ProgressTopic): Promise<void> {
    let loading = this.#loading.get(topic);
    if (!loading) {
      loading = this.load(id).then((stored) => {
        if (stored) topic.seed(stored);
      });
      this.#loading.set(topic, loading);
    }
    return loading;
  }

  #find(id: string): ProgressTopic | undefined {
    return this.#topics.get(id) ?? this.#ended.get(id);
  }

  #topicOf(id: string): ProgressTopic {
    const topic = this.#find(id) ?? new ProgressTopic(this.ringSize);
    this.#ended.delete(id);
    this.#topics.set(id, topic);
    return topic;
  }

  /** Drops a topic without subscribers and without a run; keeps the last few ended ones. */
  #release(id: string): void {
    const topic = this.#topics.get(id);
    if (!topic || topic.subscriberCount > 0 || topic.isRunning) return;
    this.#topics.delete(id);
    if (topic.hasEnded) this.#ended.set(id, topic);
  }
}

/** A session's row with its live progress: rows are written once a second, the hub knows every step. */
export function withLiveProgress(hub: Pick<ProgressHub, 'latest'>, session: SessionRow): SessionRow {
  const live = hub.latest(session.id)?.session;
  if (live?.status !== session.status || live.seq <= session.seq) return session;
  const { seq, step, elapsedMs, evaluations } = live;
  return { ...session, seq, step, elapsedMs, evaluations };
}
