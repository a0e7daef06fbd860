import type { SessionRow, SessionStatus } from '../storage/types.js';
import type { Progress } from './progress.js';

/** Somebody who watches all sessions. Called in the middle of the work, so it must be quick and must not throw. */
export interface SessionObserver {
  /** There is a new session. */
  created?(session: SessionRow): void;
  /** A session changed; `before` is the status that it had, where that is known. */
  changed?(session: SessionRow, before: SessionStatus | null): void;
  /** A run made a step. `before` is the step before it in this run. */
  stepped?(session: SessionRow, progress: Progress, before: Progress | null): void;
  /** A session was deleted; the row is what it was. */
  deleted?(session: SessionRow): void;
}

/** Tells several observers. */
export class SessionObservers implements Required<SessionObserver> {
  constructor(private readonly observers: readonly SessionObserver[]) {}

  created(session: SessionRow): void {
    for (const observer of this.observers) observer.created?.(session);
  }

  changed(session: SessionRow, before: SessionStatus | null): void {
    for (const observer of this.observers) observer.changed?.(session, before);
  }

  stepped(session: SessionRow, progress: Progress, before: Progress | null): void {
    for (const observer of this.observers) observer.stepped?.(session, progress, before);
  }

  deleted(session: SessionRow): void {
    for (const observer of this.observers) observer.deleted?.(session);
  }
}
