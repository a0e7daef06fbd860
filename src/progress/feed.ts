import type { SessionRow } from '../storage/types.js';
import { FeedChannel, type FeedEntry, type SessionChange } from './feed-channel.js';
import { RecordRing } from './record-ring.js';
import type { SessionObserver } from './observer.js';

/** Changes held for slow subscribers. */
const RING_SIZE = 256;
/** Least time between two events of one session's progress, milliseconds. */
const PROGRESS_INTERVAL_MS = 1000;

/** The newest progress of a session that runs, as told; and what came since, until its time has come. */
interface LiveProgress {
  told: FeedEntry | null;
  toldAt: number;
  next: SessionRow | null;
  timer: NodeJS.Timeout | null;
}

/**
 * What happens to all sessions, for those who show them in a list. Changes are kept in one ring for everybody, progress once
 * a running session; subscribers are cursors into both (docs/adr/0003-cursors-instead-of-subscriber-queues.md).
 */
export class SessionFeed implements SessionObserver {
  readonly changes: RecordRing<FeedEntry>;
  readonly #live = new Map<string, LiveProgress>();
  readonly #listeners = new Set<() => void>();
  /** Numbers changes and progress apart: a change must not make a subscriber miss progress. */
  #changeCount = 0;
  #progressCount = 0;
  #shared: { readonly entry: FeedEntry; readonly event: SessionChange } | null = null;

  constructor(ringSize = RING_SIZE) {
    this.changes = new RecordRing(ringSize);
  }

  /** How many channels are open. */
  get subscriberCount(): number {
    return this.#listeners.size;
  }

  get changeCount(): number {
    return this.#changeCount;
  }

  get progressCount(): number {
    return this.#progressCount;
  }

  /** Opens a stream of the changes from now on, of the sessions that pass. */
  subscribe(passes: (session: SessionRow) => boolean): FeedChannel {
    return new FeedChannel(this, passes);
  }

  /** Has `wake` called after every change. Returns the way out. */
  attach(wake: () => void): () => void {
    this.#listeners.add(wake);
    return () => {
      this.#listeners.delete(wake);
      if (this.#listeners.size === 0) for (const id of [...this.#live.keys()]) this.#forget(id);
    };
  }

  /** The oldest progress told after the `count`th. */
  progressAfter(count: number): FeedEntry | undefined {
    let oldest: FeedEntry | undefined;
    for (const { told } of this.#live.values()) {
      if (told && told.seq > count && (!oldest || told.seq < oldest.seq)) oldest = told;
    }
    return oldest;
  }

  /** What subscribers receive of an entry: one object for all whom it reaches as the newest. */
  eventOf(entry: FeedEntry): SessionChange {
    if (this.#shared?.entry !== entry) this.#shared = { entry, event: toEvent(entry, false) };
    return this.#shared.event;
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
    if (this.#listeners.size === 0) return;
    let live = this.#live.get(session.id);
    if (!live) this.#live.set(session.id, (live = { told: null, toldAt: -Infinity, next: null, timer: null }));
    live.next = session;
    const wait = live.toldAt + PROGRESS_INTERVAL_MS - performance.now();
    if (wait <= 0) this.#tell(live);
    else live.timer ??= setTimeout(() => this.#tell(live), wait).unref();
  }

  #push(change: SessionChange['change'], session: SessionRow): void {
    // It holds the session's progress, too.
    this.#forget(session.id);
    this.changes.push({ seq: ++this.#changeCount, change, session });
    this.#wakeAll();
  }

  #tell(live: LiveProgress): void {
    if (live.timer) clearTimeout(live.timer);
    live.timer = null;
    live.toldAt = performance.now();
    live.told = { seq: ++this.#progressCount, change: 'UPDATED', session: live.next! };
    this.#wakeAll();
  }

  #forget(id: string): void {
    const timer = this.#live.get(id)?.timer;
    if (timer) clearTimeout(timer);
    this.#live.delete(id);
  }

  #wakeAll(): void {
    for (const wake of this.#listeners) wake();
  }
}

export function toEvent({ change, session }: FeedEntry, gap: boolean): SessionChange {
  return { change, id: session.id, session: change === 'DELETED' ? null : session, gap };
}
