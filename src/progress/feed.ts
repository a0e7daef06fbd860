import type { SessionRow } from '../storage/index.js';
import { Channel, Topic } from './channel.js';
import type { SessionObserver } from './observer.js';
import { RecordRing } from './record-ring.js';

/** Changes kept for slow subscribers. */
const RING_SIZE = 256;
/** Least time between two progress events of one session, milliseconds. */
const PROGRESS_INTERVAL_MS = 1000;

/** What subscribers receive. */
export interface SessionChange {
  readonly change: 'CREATED' | 'UPDATED' | 'DELETED';
  readonly id: string;
  /** Null if the session was deleted. */
  readonly session: SessionRow | null;
  /** Changes before this one are missing from the stream. */
  readonly gap: boolean;
}

/** A change, or the newest progress of a session. Changes and progress are numbered separately, from 1 within the feed. */
interface FeedEntry {
  readonly seq: number;
  readonly change: SessionChange['change'];
  readonly session: SessionRow;
}

/** The newest progress of a running session. */
interface LiveProgress {
  published: FeedEntry | null;
  publishedAt: number;
  /** Published once the interval has passed. */
  next: SessionRow | null;
  timer: NodeJS.Timeout | null;
}

/** Changes of all sessions, for lists of sessions: every change in one ring, and the newest progress of each session. */
export class SessionFeed extends Topic<FeedEntry, SessionChange> implements SessionObserver {
  readonly changes: RecordRing<FeedEntry>;
  readonly #live = new Map<string, LiveProgress>();
  // Numbered separately, so that a change does not make a subscriber miss progress.
  #changeCount = 0;
  #progressCount = 0;

  constructor(ringSize = RING_SIZE) {
    super();
    this.changes = new RecordRing(ringSize);
  }

  get changeCount(): number {
    return this.#changeCount;
  }

  get progressCount(): number {
    return this.#progressCount;
  }

  /** Opens a stream of future changes of the sessions that pass the filter. */
  subscribe(passes: (session: SessionRow) => boolean): FeedChannel {
    return new FeedChannel(this, passes);
  }

  /** The oldest progress published after number `count`. */
  progressAfter(count: number): FeedEntry | undefined {
    let oldest: FeedEntry | undefined;
    for (const { published } of this.#live.values()) {
      if (published && published.seq > count && (!oldest || published.seq < oldest.seq)) oldest = published;
    }
    return oldest;
  }

  toEvent({ change, session }: FeedEntry, gap: boolean): SessionChange {
    return { change, id: session.id, session: change === 'DELETED' ? null : session, gap };
  }

  created(session: SessionRow): void {
    this.#push('CREATED', session);
  }

  changed(session: SessionRow): void {
    this.#push('UPDATED', session);
  }

  deleted(session: SessionRow): void {
    this.#push('DELETED', session);
  }

  stepped(session: SessionRow): void {
    if (this.subscriberCount === 0) return;
    const live = this.#live.get(session.id) ?? { published: null, publishedAt: -Infinity, next: null, timer: null };
    this.#live.set(session.id, live);
    live.next = session;
    const wait = live.publishedAt + PROGRESS_INTERVAL_MS - performance.now();
    if (wait <= 0) this.#publish(live);
    else live.timer ??= setTimeout(() => this.#publish(live), wait).unref();
  }

  protected override onLastLeft(): void {
    for (const id of [...this.#live.keys()]) this.#forget(id);
  }

  #push(change: SessionChange['change'], session: SessionRow): void {
    // The change carries the session's progress as well.
    this.#forget(session.id);
    this.changes.push({ seq: ++this.#changeCount, change, session });
    this.wakeAll();
  }

  #publish(live: LiveProgress): void {
    if (live.timer) clearTimeout(live.timer);
    live.timer = null;
    live.publishedAt = performance.now();
    live.published = { seq: ++this.#progressCount, change: 'UPDATED', session: live.next! };
    this.wakeAll();
  }

  #forget(id: string): void {
    const timer = this.#live.get(id)?.timer;
    if (timer) clearTimeout(timer);
    this.#live.delete(id);
  }
}

/** One subscriber's position in the feed. Changes come in order, and before progress. */
export class FeedChannel extends Channel<SessionChange> {
  readonly #detach: () => void;
  #change: number;
  #progress: number;
  #gap = false;

  constructor(
    private readonly feed: SessionFeed,
    private readonly passes: (session: SessionRow) => boolean,
  ) {
    super();
    this.#change = feed.changeCount;
    this.#progress = feed.progressCount;
    this.#detach = feed.attach(() => this.pump());
  }

  protected release(): void {
    this.#detach();
  }

  protected pump(): void {
    while (this.isAsked) {
      const entry = this.#take();
      if (!entry) return;
      const event = this.#gap ? this.feed.toEvent(entry, true) : this.feed.eventOf(entry);
      this.#gap = false;
      this.answer(event);
    }
  }

  /** The next entry that passes the filter. */
  #take(): FeedEntry | undefined {
    for (;;) {
      const change = this.feed.changes.after(this.#change);
      const entry = change ?? this.feed.progressAfter(this.#progress);
      if (!entry) return undefined;
      if (change) {
        this.#gap ||= change.seq > this.#change + 1;
        this.#change = change.seq;
      } else {
        this.#progress = entry.seq;
      }
      if (this.passes(entry.session)) return entry;
    }
  }
}
