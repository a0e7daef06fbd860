import type { SessionStatus } from '../core/status.js';
import type { SessionRow } from '../storage/index.js';
import type { StepProgress } from './progress.js';

/** Observes all sessions. Called synchronously by publishers, so methods must be fast and must not throw. */
export interface SessionObserver {
  created?(session: SessionRow): void;
  /** `before` is the previous status, if it is known. It equals the status if only title or tags changed. */
  changed?(session: SessionRow, before: SessionStatus | null): void;
  /** `before` is the previous step of the same run. */
  stepped?(session: SessionRow, progress: StepProgress, before: StepProgress | null): void;
  /** The row is the last one before the deletion. */
  deleted?(session: SessionRow): void;
}

/** Passes events on to several observers. */
export class SessionObservers implements Required<SessionObserver> {
  constructor(private readonly observers: readonly SessionObserver[]) {}

  created(session: SessionRow): void {
    for (const observer of this.observers) observer.created?.(session);
  }

  changed(session: SessionRow, before: SessionStatus | null): void {
    for (const observer of this.observers) observer.changed?.(session, before);
  }

  stepped(session: SessionRow, progress: StepProgress, before: StepProgress | null): void {
    for (const observer of this.observers) observer.stepped?.(session, progress, before);
  }

  deleted(session: SessionRow): void {
    for (const observer of this.observers) observer.deleted?.(session);
  }
}
