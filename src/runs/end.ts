import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isTerminal, TRANSITIONS, type SessionAction } from '../core/status.js';
import type { PreviewFrames } from '../progress/preview-frame.js';
import type { ProgressHub } from '../progress/hub.js';
import type { ImageRow, SessionChanges, SessionRow, Storage } from '../storage/index.js';
import type { ProgressRecorder } from './recorder.js';

/** How a run ended: the action on the session and the fields that it sets. */
export interface Ending {
  readonly action: SessionAction;
  readonly changes?: SessionChanges;
  readonly result?: ImageRow;
}

/** Delay before a failed database access is retried, milliseconds. */
export const RETRY_MS = 1000;

export interface EndDependencies {
  readonly storage: Pick<Storage, 'sessions'>;
  readonly hub: ProgressHub;
  readonly frames: PreviewFrames;
  readonly logger: Logger;
}

/**
 * Writes the end of a run to the row and publishes it. Retries while the database fails, so that no session stays RUNNING
 * without a run; throws the database's error only once `isStopping` is true.
 */
export async function writeEnd(
  dependencies: EndDependencies,
  session: SessionRow,
  recorder: ProgressRecorder,
  ending: Ending,
  isStopping: () => boolean,
): Promise<void> {
  const { hub, frames, logger } = dependencies;
  for (;;) {
    try {
      // Losses first: a subscriber that sees the end may query all of them.
      await recorder.flush();
      const ended = await endSession(dependencies.storage, session, ending);
      if (ended) hub.publishStatus(ended, ending.result && frames.result(ending.result, ended.seq));
      logger.info({ session: session.id, status: ended?.status ?? 'changed by another process' }, 'session ended');
      return;
    } catch (error) {
      if (isStopping()) throw error;
      logger.error({ err: error, session: session.id }, 'end of session not written; will retry');
      await sleep(RETRY_MS);
    }
  }
}

/** Null if the claim is no longer valid, or if another process has changed the session since. */
async function endSession(
  { sessions }: Pick<Storage, 'sessions'>,
  { id, claimToken }: SessionRow,
  { action, changes, result }: Ending,
): Promise<SessionRow | null> {
  const { from, to } = TRANSITIONS[action];
  const ended = await sessions.transition(id, { from, claimToken: claimToken! }, to, {
    claimToken: null,
    // A pause that is requested while a run is interrupted applies to the next run.
    ...(action !== 'requeue' && { pauseRequested: false }),
    finishedAt: isTerminal(to) ? new Date() : null,
    ...changes,
    resultImageId: result?.id,
  });
  if (ended?.status !== 'PAUSED' || !ended.cancelRequested) return ended;
  // The cancellation was requested while the pause was being written, when the run could no longer obey.
  const { cancelQueued } = TRANSITIONS;
  return await sessions.transition(id, cancelQueued, cancelQueued.to, { finishedAt: new Date() });
}
