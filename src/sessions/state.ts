import type { SessionStatus } from '../storage/types.js';

export type { SessionStatus };

/** What can happen to a session. */
export type SessionAction =
  /** A runner takes it up. */
  | 'claim'
  /** Its run was interrupted and will start again. */
  | 'requeue'
  /** Its owner cancels it before a runner took it up. */
  | 'withdraw'
  /** The runner stops it because its owner asked for that. */
  | 'cancel'
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
 * (a cancel and a claim, say) exactly one wins. No action leads to PAUSED yet, and none leaves a terminal status.
 */
export const TRANSITIONS: Readonly<Record<SessionAction, Transition>> = {
  claim: { from: ['QUEUED'], to: 'RUNNING' },
  requeue: { from: ['RUNNING'], to: 'QUEUED' },
  withdraw: { from: ['QUEUED'], to: 'CANCELLED' },
  cancel: { from: ['RUNNING'], to: 'CANCELLED' },
  complete: { from: ['RUNNING'], to: 'COMPLETED' },
  fail: { from: ['RUNNING'], to: 'FAILED' },
};

/** The status after an action, or null where the action is not legal in this status. */
export function transition(status: SessionStatus, action: SessionAction): SessionStatus | null {
  const { from, to } = TRANSITIONS[action];
  return from.includes(status) ? to : null;
}

/** Whether a session has ended: its status will not change any more. */
export function isTerminal(status: SessionStatus): boolean {
  return status === 'COMPLETED' || status === 'CANCELLED' || status === 'FAILED';
}
