export type SessionStatus = 'QUEUED' | 'RUNNING' | 'PAUSED' | 'COMPLETED' | 'CANCELLED' | 'FAILED';

/** What can happen to a session. */
export type SessionAction =
  /** A worker claims the session. */
  | 'claim'
  /** The run was interrupted; the session returns to its place in the queue. */
  | 'requeue'
  /** The owner cancels the session while no worker runs it. */
  | 'cancelQueued'
  /** The worker cancels the run because the owner asked for that. */
  | 'cancelRunning'
  /** The owner pauses the session before a worker claimed it. */
  | 'pauseQueued'
  /** The worker stops the run at a checkpoint because the owner asked for a pause. */
  | 'pauseRunning'
  /** The owner resumes the session after a pause. */
  | 'resume'
  /** The owner continues the session with further steps after its end. */
  | 'continue'
  /** The worker stored the result. */
  | 'complete'
  /** The engine or the server could not finish the run. */
  | 'fail';

/** The statuses in which an action is legal, and the status after it. */
export interface Transition {
  readonly from: readonly SessionStatus[];
  readonly to: SessionStatus;
}

/**
 * The life of a session. `from` is the condition of the row's conditional update, so that exactly one of several racing
 * actions (a cancellation and a claim, say) wins. Only `continue` leaves a terminal status. A FAILED session would fail
 * again; branch it instead.
 */
export const TRANSITIONS: Readonly<Record<SessionAction, Transition>> = {
  claim: { from: ['QUEUED'], to: 'RUNNING' },
  requeue: { from: ['RUNNING'], to: 'QUEUED' },
  cancelQueued: { from: ['QUEUED', 'PAUSED'], to: 'CANCELLED' },
  cancelRunning: { from: ['RUNNING'], to: 'CANCELLED' },
  pauseQueued: { from: ['QUEUED'], to: 'PAUSED' },
  pauseRunning: { from: ['RUNNING'], to: 'PAUSED' },
  resume: { from: ['PAUSED'], to: 'QUEUED' },
  continue: { from: ['COMPLETED', 'CANCELLED'], to: 'QUEUED' },
  complete: { from: ['RUNNING'], to: 'COMPLETED' },
  fail: { from: ['RUNNING'], to: 'FAILED' },
};

/** Statuses of a session that has ended. */
export const TERMINAL: readonly SessionStatus[] = ['COMPLETED', 'CANCELLED', 'FAILED'];

/** Whether a session has ended: its status stays as it is unless the owner continues the session. */
export function isTerminal(status: SessionStatus): boolean {
  return TERMINAL.includes(status);
}

/** Name of the stored setting that is `true` while workers claim no session. */
export const QUEUE_PAUSED_SETTING = 'queue.paused';
