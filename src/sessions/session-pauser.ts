import type { SessionRow } from '../storage/index.js';
import { UserError } from '../core/errors.js';
import type { LifecycleParts } from './lifecycle.js';
import { isTerminal, TRANSITIONS } from '../core/status.js';
import type { Viewer } from '../core/viewer.js';

/** Halts sessions and lets them go on as if they had never been halted. */
export class SessionPauser {
  constructor(private readonly parts: LifecycleParts) {}

  /**
   * Pauses a waiting session at once; asks a running one to stop at a checkpoint, which it does within a step. Pausing a
   * paused session changes nothing. Throws SESSION_NOT_FOUND or NOT_PAUSABLE.
   */
  async pause(viewer: Viewer, id: string): Promise<SessionRow> {
    const { storage, sessions, hub, runner } = this.parts;
    await sessions.get(viewer, id);
    for (;;) {
      const { from, to } = TRANSITIONS.pauseQueued;
      const held = await storage.sessions.transition(id, { from }, to, { pauseRequested: false });
      if (held) {
        hub.publishStatus(held);
        return held;
      }
      const isRunning = await storage.sessions.requestPause(id);
      if (isRunning) runner.pause(id);
      const session = await sessions.get(viewer, id);
      if (isRunning || session.status === 'PAUSED') return session;
      if (isTerminal(session.status)) {
        throw new UserError('NOT_PAUSABLE', `The session is ${session.status}, so there is nothing to pause.`, 'id');
      }
      // Its status changed between the two attempts: look again.
    }
  }

  /** Puts a paused session at the end of the queue. Throws SESSION_NOT_FOUND, NOT_RESUMABLE or QUEUE_FULL. */
  async resume(viewer: Viewer, id: string): Promise<SessionRow> {
    const { storage, sessions, hub, runner, admission } = this.parts;
    const session = await sessions.get(viewer, id);
    if (session.status !== 'PAUSED') throw notResumable(session);
    const { from, to } = TRANSITIONS.resume;
    const resumed = await admission.enter({ ownerId: session.ownerId, isUnfinished: true }, () =>
      storage.sessions.transition(id, { from }, to, { queuedAt: new Date() }),
    );
    if (!resumed) throw notResumable(await sessions.get(viewer, id));
    hub.publishStatus(resumed);
    runner.wake();
    return resumed;
  }
}

function notResumable({ status, pauseRequested }: SessionRow): UserError {
  const message =
    status === 'RUNNING' && pauseRequested
      ? 'The session still has to finish its present step before it is PAUSED; resume it then.'
      : `The session is ${status}; only a PAUSED one can be resumed.`;
  return new UserError('NOT_RESUMABLE', message, 'id');
}
