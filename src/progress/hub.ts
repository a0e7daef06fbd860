import type { SessionRow } from '../storage/types.js';
import type { PreviewFrame } from './preview-frame.js';
import { ProgressChannel, type ChannelOptions } from './progress-channel.js';
import { ProgressTopic } from './topic.js';
import type { Moment, Progress, Snapshot } from './progress.js';
import type { SessionObserver } from './observer.js';

/** Step records held for replay, a session. */
const RING_SIZE = 512;
/**
 * Ended sessions that are remembered after their last subscriber left, so that the preview URLs of their last events
 * can still be fetched.
 */
const REMEMBERED_ENDED = 8;

/**
 * Where the runner's news meets the subscribers: one topic a session that runs or is listened to. Publishing never
 * waits for anybody and costs no memory per subscriber.
 */
export class ProgressHub {
  readonly #topics = new Map<string, ProgressTopic>();
  readonly #ended = new Map<string, ProgressTopic>();
  readonly #filling = new WeakMap<ProgressTopic, Promise<void>>();
  #subscriberCount = 0;
  #skippedCount = 0;

  constructor(
    /** Reads a session that the hub has not heard of yet. */
    private readonly load: (id: string) => Promise<Snapshot | null>,
    private readonly ringSize = RING_SIZE,
    /** Is told of everything that is published, whoever listens to it. */
    private readonly observer: SessionObserver = {},
  ) {}

  /** How many channels are open. */
  get subscriberCount(): number {
    return this.#subscriberCount;
  }

  /** How many records slow subscribers have skipped since the start. */
  get skippedCount(): number {
    return this.#skippedCount;
  }

  /** How many sessions are held in memory. */
  get topicCount(): number {
    return this.#topics.size + this.#ended.size;
  }

  /** To be called after every change of a session's status, with the row as it was written. */
  publishStatus(session: SessionRow, frame?: PreviewFrame): void {
    const { id, status } = session;
    // One that has ended and is continued must not be remembered as ended.
    const isKnown = status === 'RUNNING' || this.#ended.has(id);
    const topic = isKnown ? this.#topicOf(id) : this.#topics.get(id);
    const before = topic?.newest?.session.status ?? null;
    topic?.publishStatus(session, frame);
    this.observer.changed?.(session, before);
    this.#release(id);
  }

  /** To be called when a session was deleted, after its last status. Whoever has not taken its last event still can. */
  forget(session: SessionRow): void {
    this.#topics.delete(session.id);
    this.#ended.delete(session.id);
    this.observer.deleted?.(session);
  }

  /** To be called when a session has got another title or other tags; its own stream tells with the next event. */
  rename(session: SessionRow): void {
    this.#find(session.id)?.rename(session.title);
    this.observer.changed?.(session, session.status);
  }

  /** To be called with every step record of a running session, and its picture where one was asked for. */
  publishRecord(id: string, progress: Progress, frame?: PreviewFrame): void {
    const topic = this.#topics.get(id);
    const before = topic?.newest?.progress ?? null;
    topic?.publishRecord(progress, frame);
    if (topic?.newest) this.observer.stepped?.(topic.newest.session, progress, before);
  }

  /** To be called by a run that can make previews: `want` asks it for the next step's picture. */
  onPreviewWanted(id: string, want: () => void): void {
    this.#topics.get(id)?.onPreviewWanted(want);
  }

  /** The present state of a session, as far as it is held in memory; fresher than its row while it runs. */
  latest(id: string): Moment | null {
    return this.#find(id)?.newest ?? null;
  }

  /** The newest preview of a session held in memory. */
  frame(id: string): PreviewFrame | null {
    return this.#find(id)?.frame ?? null;
  }

  /** Opens a stream; null where there is no such session. */
  async subscribe(id: string, options: ChannelOptions = {}): Promise<ProgressChannel | null> {
    const topic = this.#topicOf(id);
    this.#subscriberCount += 1;
    // The channel listens before the state is read, so that nothing falls between the two.
    const channel = new ProgressChannel(topic, options, {
      onSkip: (count) => (this.#skippedCount += count),
      onClose: () => {
        this.#subscriberCount -= 1;
        this.#release(id);
      },
    });
    try {
      if (!topic.newest) await this.#fill(id, topic);
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

  /** Reads a session once for all who subscribe to it at the same time. */
  #fill(id: string, topic: ProgressTopic): Promise<void> {
    let filling = this.#filling.get(topic);
    if (!filling) {
      filling = this.load(id).then((snapshot) => {
        if (snapshot) topic.seed(snapshot);
      });
      this.#filling.set(topic, filling);
    }
    return filling;
  }

  #find(id: string): ProgressTopic | undefined {
    return this.#topics.get(id) ?? this.#ended.get(id);
  }

  #topicOf(id: string): ProgressTopic {
    let topic = this.#find(id);
    if (!topic) topic = new ProgressTopic(this.ringSize);
    this.#ended.delete(id);
    this.#topics.set(id, topic);
    return topic;
  }

  /** Lets a topic go that nobody listens to and no run feeds. */
  #release(id: string): void {
    const topic = this.#topics.get(id);
    if (!topic || topic.listenerCount > 0 || topic.isRunning) return;
    this.#topics.delete(id);
    if (!topic.isOver) return;
    this.#ended.set(id, topic);
    if (this.#ended.size > REMEMBERED_ENDED) this.#ended.delete(this.#ended.keys().next().value!);
  }
}

/** A session's row with its live progress: rows are written once a second, the hub knows every step. */
export function withLiveProgress(hub: Pick<ProgressHub, 'latest'>, session: SessionRow): SessionRow {
  const live = hub.latest(session.id)?.session;
  if (live?.status !== session.status || live.seq <= session.seq) return session;
  const { seq, step, elapsedMs, evaluations } = live;
  return { ...session, seq, step, elapsedMs, evaluations };
}
