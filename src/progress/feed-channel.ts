import type { SessionRow } from '../storage/types.js';
import { Channel } from './channel.js';
import { toEvent, type SessionFeed } from './feed.js';

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
 * progress.
 */
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
      const event = this.#gap ? toEvent(entry, true) : this.feed.eventOf(entry);
      this.#gap = false;
      this.answer(event);
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
