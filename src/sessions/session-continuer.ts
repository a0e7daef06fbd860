import { RECIPE_FIELDS } from '../engine/index.js';
import type { SessionRow } from '../storage/index.js';
import { checkRange, UserError } from '../core/errors.js';
import type { LifecycleParts } from './lifecycle.js';
import { isTerminal, TRANSITIONS } from '../core/status.js';
import type { Viewer } from '../core/viewer.js';

/** Steps that a session can be continued for at once. */
export const CONTINUED_STEPS = RECIPE_FIELDS.steps;
/** Steps of a session, with all that it was continued for. */
export const MAX_TOTAL_STEPS = 100_000;

/** Lets sessions that have ended go on: the same session, its numbers and its loss curve going on with it. */
export class SessionContinuer {
  constructor(private readonly parts: LifecycleParts) {}

  /**
   * Queues a session that has COMPLETED or was CANCELLED for `steps` more, at the final scale, from the state that is kept
   * of its run. Throws INVALID_ARGUMENT, SESSION_NOT_FOUND, NOT_CONTINUABLE, QUEUE_FULL or
   * TOO_MANY_SESSIONS.
   */
  async continue(viewer: Viewer, id: string, steps: number): Promise<SessionRow> {
    const { storage, sessions, hub, runner, admission } = this.parts;
    const { min, max } = CONTINUED_STEPS;
    checkRange('steps', steps, min, max);
    const session = await sessions.get(viewer, id);
    const obstacle = await this.#findObstacle(session);
    if (obstacle) throw new UserError('NOT_CONTINUABLE', obstacle, 'id');
    const totalSteps = session.step + steps;
    if (totalSteps > MAX_TOTAL_STEPS) {
      throw badSteps(`The session has ${session.step} steps; with ${steps} more it had over ${MAX_TOTAL_STEPS}.`);
    }
    const { from, to } = TRANSITIONS.continue;
    // The number of its last record tells whether it was continued, and ended again, in the meantime.
    const continued = await admission.enter({ ownerId: session.ownerId, isUnfinished: false }, () =>
      storage.sessions.transition(id, { from, seq: session.seq }, to, {
        totalSteps,
        continuedFrom: session.step,
        attempt: 0,
        cancelRequested: false,
        queuedAt: new Date(),
        finishedAt: null,
      }),
    );
    if (!continued) throw new UserError('NOT_CONTINUABLE', 'The session was continued or deleted just now.', 'id');
    hub.publishStatus(continued);
    runner.wake();
    return continued;
  }

  async #findObstacle({ id, status }: SessionRow): Promise<string | null> {
    if (!isTerminal(status)) return `The session is ${status}; it can be continued when it has ended.`;
    if (status === 'FAILED') return 'The session has FAILED and would do so again; branch it with another recipe.';
    if (await this.parts.storage.checkpoints.find(id)) return null;
    return 'No state of the session is kept: it ended before its first step. Branch it instead.';
  }
}

function badSteps(message: string): UserError {
  return new UserError('INVALID_ARGUMENT', message, 'steps');
}
