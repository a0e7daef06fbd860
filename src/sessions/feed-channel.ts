import type { SessionRow } from '../storage/types.js';
import { toEvent, type SessionFeed } from './session-feed.js';

/** What subscribers receive. */
export interface SessionChange {
  readonly change: 'CREATED' | 'UPDATED' | 'DELETED';
  readonly id: string;
  /** Null where it was deleted. */
  readonly session: SessionRow | null;
  /** Changes before this one are missing from the stream. */
  readonly gap: boolean;
}

/** A change, numbered from 1 within the feed, or a session's newest progress, numbered apart. */
export interface FeedEntry {
  readonly seq: number;
  readonly change: SessionChange['change'];
  readonly session: SessionRow;
}

/**
 * One subscriber's way through the feed: how far it has come, and nothing else. Changes come in their order, and before
 * progress. Written by hand for the reason that `ProgressChannel` is.
 */
export class FeedChannel implements AsyncIterableIterator<SessionChange> {
  readonly #detach: () => void;
  #waiting: ((result: IteratorResult<SessionChange, undefined>) => void)[] = [];
  #change: number;
  #progress: number;
  #gap = false;
  #closed = false;

  constructor(
    private readonly feed: SessionFeed,
    private readonly passes: (session: SessionRow) => boolean,
  ) {
    this.#change = feed.changeCount;
    this.#progress = feed.progressCount;
    this.#detach = feed.attach(() => this.#pump());
  }

  next(): Promise<IteratorResult<SessionChange, undefined>> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#pump();
    });
  }

  return(): Promise<IteratorResult<SessionChange, undefined>> {
    this.#close();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<IteratorResult<SessionChange, undefined>> {
    this.#close();
    return Promise.reject(error as Error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#detach();
    for (const resolve of this.#waiting) resolve({ done: true, value: undefined });
    this.#waiting = [];
  }

  #pump(): void {
    while (this.#waiting.length > 0) {
      const entry = this.#take();
      if (!entry) return;
      const event = this.#gap ? toEvent(entry, true) : this.feed.eventOf(entry);
      this.#gap = false;
      this.#waiting.shift()!({ done: false, value: event });
    }
  }

  /** The next entry that passes. */
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
