import type { SessionStatus } from '../storage/types.js';

export type { SessionStatus };

/** What can happen to a session. */
export type SessionAction =
  /** A runner takes it up. */
  | 'claim'
  /** Its run was interrupted and will start again. */
  | 'requeue'
  /** Its owner cancels it while no runner has it. */
  | 'cancelQueued'
  /** The runner stops it because its owner asked for that. */
  | 'cancelRunning'
  /** Its owner pauses it before a runner took it up. */
  | 'pauseQueued'
  /** The runner stops it at a checkpoint because its owner asked for a pause. */
  | 'pauseRunning'
  /** Its owner lets it go on after a pause. */
  | 'resume'
  /** Its owner wants further steps after its end. */
  | 'continue'
  /** The runner stored its result. */
  | 'complete'
  /** The engine, or the server around it, could not finish it. */
  | 'fail';

/** From where an action leads, and where to. */
export interface Transition {
  readonly from: readonly SessionStatus[];
  readonly to: SessionStatus;
}

/**
 * The life of a session. An action's `from` is the condition of the row's conditional update, so that of two rivals
 * (a cancel and a claim, say) exactly one wins. Only `continue` leaves a terminal status. A FAILED session would fail
 * again, so that it is branched rather than continued.
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

/** The status after an action, or null where the action is not legal in this status. */
export function transition(status: SessionStatus, action: SessionAction): SessionStatus | null {
  const { from, to } = TRANSITIONS[action];
  return from.includes(status) ? to : null;
}

/** Statuses of a session that has ended. */
export const TERMINAL: readonly SessionStatus[] = ['COMPLETED', 'CANCELLED', 'FAILED'];

/** Whether a session has ended: its status will not change any more, unless its owner continues it. */
export function isTerminal(status: SessionStatus): boolean {
  return TERMINAL.includes(status);
}
