/**
 * A subscriber's stream that holds no events: each kind of channel looks up what comes next when it is asked, so that whoever
 * asks slowly costs nothing and holds up nobody.
 *
 * Written by hand rather than as an async generator because a generator's `return()` waits for the event that it is
 * suspended on, which may never come; this one's takes effect at once.
 */
export abstract class Channel<T> implements AsyncIterableIterator<T> {
  #waiting: ((result: IteratorResult<T, undefined>) => void)[] = [];
  #closed = false;

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.pump();
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<IteratorResult<T, undefined>> {
    this.close();
    return Promise.reject(error as Error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Answers what the subscriber has asked for, as far as there is something to answer with. */
  protected abstract pump(): void;

  /** Lets go of everything; called once. */
  protected abstract release(): void;

  /** Whether the subscriber waits for an event. */
  protected get isAsked(): boolean {
    return this.#waiting.length > 0;
  }

  protected answer(value: T): void {
    this.#waiting.shift()!({ done: false, value });
  }

  protected close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.release();
    for (const resolve of this.#waiting) resolve({ done: true, value: undefined });
    this.#waiting = [];
  }
}
