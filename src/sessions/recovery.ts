import type { Logger } from 'pino';
import type { SessionRepository, SessionRow } from '../storage/types.js';
import { TRANSITIONS } from './state.js';

/** A session whose run died this often with its process is given up: it may be what kills it. */
export const MAX_ATTEMPTS = 3;
/** Puts the sessions that a dead process left RUNNING back into the queue, at their old place. To be called at start. */
export async function recoverSessions(sessions: SessionRepository, logger: Logger): Promise<void> {
  for (const session of await sessions.page({ limit: 1000, statuses: TRANSITIONS.requeue.from })) {
    const recovered = await recover(sessions, session);
    logger.warn({ session: session.id, status: recovered?.status, attempt: recovered?.attempt }, 'session recovered');
  }
}

async function recover(sessions: SessionRepository, session: SessionRow): Promise<SessionRow | null> {
  const { id } = session;
  const attempt = session.attempt + 1;
  const end = { claimToken: null, attempt, finishedAt: new Date() };
  if (session.cancelRequested) return await sessions.transition(id, TRANSITIONS.cancel, TRANSITIONS.cancel.to, end);
  if (attempt >= MAX_ATTEMPTS) {
    return await sessions.transition(id, TRANSITIONS.fail, TRANSITIONS.fail.to, {
      ...end,
      errorCode: 'ATTEMPTS_EXHAUSTED',
      errorMessage: `The server died ${attempt} times while this session ran.`,
    });
  }
  return await sessions.transition(id, TRANSITIONS.requeue, TRANSITIONS.requeue.to, {
    ...STARTING_ANEW,
    attempt,
    // Subscribers may have seen records that were not written any more, at most a run's steps. No number may come to
    // mean two records, so the next run's begin beyond them; subscribers are told of the gap.
    seq: session.seq + session.totalSteps,
  });
}

/** What a row says before its run begins. */
export const STARTING_ANEW = { claimToken: null, step: 0, elapsedMs: 0, evaluations: 0 } as const;
