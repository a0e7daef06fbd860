import type { SessionRepository, SessionStatus } from '../storage/types.js';
import { UserError, UserErrors } from '../core/errors.js';

export interface AdmissionLimits {
  /** Sessions that may wait at once. */
  readonly queueLimit: number;
  /** Unfinished sessions that one owner may have at once. */
  readonly ownerLimit: number;
}

/** Who wants a session to wait. */
export interface Applicant {
  readonly ownerId: string;
  /** Whether it is one of the owner's unfinished sessions already. */
  readonly isUnfinished: boolean;
}

/** What an owner's limit counts. */
const UNFINISHED: readonly SessionStatus[] = ['QUEUED', 'RUNNING', 'PAUSED'];

/** Lets sessions into the queue, new ones and others, as far as there is room. */
export class Admission {
  #entering: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly sessions: Pick<SessionRepository, 'count'>,
    private readonly limits: AdmissionLimits,
  ) {}

  /**
   * Has a session queued. One after the other, so that two that come at once do not both find the last place free. Throws
   * `UserErrors` QUEUE_FULL or TOO_MANY_SESSIONS.
   */
  async enter<T>(applicant: Applicant, queue: () => Promise<T>): Promise<T> {
    const entered = this.#entering.then(async () => {
      await this.#checkRoom(applicant);
      return await queue();
    });
    this.#entering = entered.catch(() => undefined);
    return await entered;
  }

  async #checkRoom({ ownerId, isUnfinished }: Applicant): Promise<void> {
    const { queueLimit, ownerLimit } = this.limits;
    const waiting = await this.sessions.count({ statuses: ['QUEUED'] });
    if (waiting >= queueLimit) {
      const message = `The queue is full: ${waiting} sessions wait, and this one would be number ${waiting + 1}. Try again later.`;
      throw new UserErrors([new UserError('QUEUE_FULL', message, undefined, waiting)]);
    }
    if (!isUnfinished && (await this.sessions.count({ statuses: UNFINISHED, ownerId })) >= ownerLimit) {
      const message = `You have ${ownerLimit} unfinished sessions, as many as one may have. Cancel one, or wait for one to finish.`;
      throw new UserErrors([new UserError('TOO_MANY_SESSIONS', message)]);
    }
  }
}
