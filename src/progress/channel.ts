/**
 * How events reach subscribers. A topic holds the events once; a channel is one subscriber's cursor into the topic and
 * holds no events (docs/adr/0003-cursors-instead-of-subscriber-queues.md).
 */
import type { Release } from '../core/signals.js';

/**
 * A source of entries for many subscribers.
 * @typeParam Entry what the topic holds
 * @typeParam Event what subscribers receive of an entry
 */
export abstract class Topic<Entry, Event> {
  readonly #listeners = new Set<() => void>();
  #shared: { readonly entry: Entry; readonly event: Event } | null = null;

  /** Number of open channels. */
  get subscriberCount(): number {
    return this.#listeners.size;
  }

  /** Calls `wake` after every change, until released. */
  attach(wake: () => void): Release {
    this.#listeners.add(wake);
    return () => {
      this.#listeners.delete(wake);
      if (this.#listeners.size === 0) this.onLastLeft?.();
    };
  }

  /** The event of an entry: one object for all subscribers, so that it is serialised once. */
  eventOf(entry: Entry): Event {
    if (this.#shared?.entry !== entry) this.#shared = { entry, event: this.toEvent(entry, false) };
    return this.#shared.event;
  }

  /** A new event object. `gap`: events before this one are missing from the subscriber's stream. */
  abstract toEvent(entry: Entry, gap: boolean): Event;

  protected wakeAll(): void {
    for (const wake of this.#listeners) wake();
  }

  /** Drops the shared event, after a change to what `toEvent` returns. */
  protected renewEvent(): void {
    this.#shared = null;
  }

  /** Called when the last channel was closed. */
  protected onLastLeft?(): void;
}

/**
 * A subscriber's stream. Each kind of channel looks up the next event when the subscriber asks for it, so a slow
 * subscriber costs no memory and delays no other.
 *
 * Not an async generator, because the `return()` of a generator waits for the event that the generator is suspended on,
 * which may never come. This `return()` takes effect at once.
 */
export abstract class Channel<Event> implements AsyncIterableIterator<Event> {
  #waiting: ((result: IteratorResult<Event, undefined>) => void)[] = [];
  #closed = false;

  next(): Promise<IteratorResult<Event, undefined>> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.pump();
    });
  }

  return(): Promise<IteratorResult<Event, undefined>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<IteratorResult<Event, undefined>> {
    this.close();
    return Promise.reject(error as Error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Answers pending calls of `next()` while there are events for them. */
  protected abstract pump(): void;

  /** Releases all resources; called once. */
  protected abstract release(): void;

  /** Whether a call of `next()` is pending. */
  protected get isAsked(): boolean {
    return this.#waiting.length > 0;
  }

  protected answer(event: Event): void {
    this.#waiting.shift()!({ done: false, value: event });
  }

  protected close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.release();
    for (const resolve of this.#waiting) resolve({ done: true, value: undefined });
    this.#waiting = [];
  }
}
