import { EventEmitter } from 'node:events';

/** Removes a listener. */
export type Release = () => void;

/**
 * Hints between the rooms that change a session's row (sessions/) and the room that runs sessions (runs/). The row is
 * changed first and the signal is sent second; a listener reads the row. Both sides also re-read the database from time
 * to time, so that a lost signal costs time and never correctness.
 */
export interface Signals {
  /** Says that a session was queued, or that claiming was resumed. */
  wake(): void;
  /** Says that the row of a running session asks for a pause or a cancellation. */
  order(sessionId: string): void;
  onWake(listener: () => void): Release;
  onOrder(listener: (sessionId: string) => void): Release;
}

/** Signals within one process. */
export class LocalSignals implements Signals {
  readonly #emitter = new EventEmitter<{ wake: []; order: [sessionId: string] }>();

  wake(): void {
    this.#emitter.emit('wake');
  }

  order(sessionId: string): void {
    this.#emitter.emit('order', sessionId);
  }

  onWake(listener: () => void): Release {
    this.#emitter.on('wake', listener);
    return () => this.#emitter.off('wake', listener);
  }

  onOrder(listener: (sessionId: string) => void): Release {
    this.#emitter.on('order', listener);
    return () => this.#emitter.off('order', listener);
  }
}
