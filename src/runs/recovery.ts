import type { Logger } from 'pino';
import { TRANSITIONS } from '../core/status.js';
import type { SessionRepository, SessionRow, Storage } from '../storage/index.js';

/** A session whose run died this often with its process fails: the session may be the cause. */
export const MAX_ATTEMPTS = 3;

/**
 * Puts sessions that a dead process left RUNNING back into the queue at their old place, or carries out a requested pause
 * or cancellation. Call at start.
 */
export async function recoverSessions({ sessions }: Pick<Storage, 'sessions'>, logger: Logger): Promise<void> {
  for (const session of await sessions.page({ limit: 1000, statuses: TRANSITIONS.requeue.from })) {
    const recovered = await recover(sessions, session);
    logger.warn({ session: session.id, status: recovered?.status, attempt: recovered?.attempt }, 'session recovered');
  }
}

async function recover(sessions: SessionRepository, session: SessionRow): Promise<SessionRow | null> {
  const { id } = session;
  const attempt = session.attempt + 1;
  const released = { claimToken: null, attempt, pauseRequested: false };
  const ended = { ...released, finishedAt: new Date() };
  // Subscribers may have seen records that were never written, at most the steps of one run. A number must not name two
  // records, so the next run's numbers start beyond those; subscribers see a gap.
  const seq = session.seq + session.totalSteps;
  const { cancelRunning, pauseRunning, fail, requeue } = TRANSITIONS;
  if (session.cancelRequested) return await sessions.transition(id, cancelRunning, cancelRunning.to, ended);
  if (session.pauseRequested) {
    return await sessions.transition(id, pauseRunning, pauseRunning.to, { ...released, seq });
  }
  if (attempt >= MAX_ATTEMPTS) {
    return await sessions.transition(id, fail, fail.to, {
      ...ended,
      errorCode: 'ATTEMPTS_EXHAUSTED',
      errorMessage: `The server died ${attempt} times while this session ran. Branch the session with a smaller size.`,
    });
  }
  return await sessions.transition(id, requeue, requeue.to, { ...released, seq });
}
