import type { Logger } from 'pino';
import type { Storage } from '../storage/index.js';
import type { SessionRepository, SessionRow } from '../storage/types.js';
import { TRANSITIONS } from '../core/status.js';
import { deleteOrphans } from '../images/storage-cleaner.js';

/** A session whose run died this often, with the server's or the engine's process, is given up: it may be what kills it. */
export const MAX_ATTEMPTS = 3;

/**
 * Puts the sessions that a dead process left RUNNING back into the queue, at their old place, or pauses or cancels
 * them where that was asked for, and lets the checkpoints of deleted sessions go. To be called at start.
 */
export async function recoverSessions(
  { sessions, checkpoints }: Pick<Storage, 'sessions' | 'checkpoints'>,
  logger: Logger,
): Promise<void> {
  for (const session of await sessions.page({ limit: 1000, statuses: TRANSITIONS.requeue.from })) {
    const recovered = await recover(sessions, session);
    logger.warn({ session: session.id, status: recovered?.status, attempt: recovered?.attempt }, 'session recovered');
  }
  await deleteOrphans({ sessions, checkpoints });
}

async function recover(sessions: SessionRepository, session: SessionRow): Promise<SessionRow | null> {
  const { id } = session;
  const attempt = session.attempt + 1;
  const released = { claimToken: null, attempt, pauseRequested: false };
  const end = { ...released, finishedAt: new Date() };
  // Subscribers may have seen records that were not written any more, at most a run's steps. No number may come to
  // mean two records, so the next run's begin beyond them; subscribers are told of the gap.
  const seq = session.seq + session.totalSteps;
  if (session.cancelRequested)
    return await sessions.transition(id, TRANSITIONS.cancelRunning, TRANSITIONS.cancelRunning.to, end);
  if (session.pauseRequested) {
    return await sessions.transition(id, TRANSITIONS.pauseRunning, TRANSITIONS.pauseRunning.to, { ...released, seq });
  }
  if (attempt >= MAX_ATTEMPTS) {
    return await sessions.transition(id, TRANSITIONS.fail, TRANSITIONS.fail.to, {
      ...end,
      errorCode: 'ATTEMPTS_EXHAUSTED',
      errorMessage: `The server died ${attempt} times while this session ran.`,
    });
  }
  return await sessions.transition(id, TRANSITIONS.requeue, TRANSITIONS.requeue.to, { ...released, seq });
}
