import type { SessionRepository } from '../storage/types.js';
import { UserError, UserErrors } from './errors.js';

/** Throws `UserErrors` QUEUE_FULL where as many sessions wait as may. */
export async function checkQueue(sessions: Pick<SessionRepository, 'count'>, limit: number): Promise<void> {
  if ((await sessions.count(['QUEUED'])) < limit) return;
  throw new UserErrors([new UserError('QUEUE_FULL', `${limit} sessions are waiting; try again later.`)]);
}
