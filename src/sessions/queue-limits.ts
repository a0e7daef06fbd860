import pLimit from 'p-limit';
import { UserError } from '../core/errors.js';
import type { SessionStatus } from '../core/status.js';
import type { SessionRepository } from '../storage/index.js';

export interface QueueLimitsOptions {
  /** Most QUEUED sessions on the server. */
  readonly queueLimit: number;
  /** Most unfinished sessions of one owner. */
  readonly ownerLimit: number;
}

/** Statuses that count towards an owner's limit. */
const UNFINISHED: readonly SessionStatus[] = ['QUEUED', 'RUNNING', 'PAUSED'];

/** A slot in the queue. No other request can reserve one until this one is released. */
export interface Slot {
  release(): void;
}

/** Keeps the number of QUEUED and of unfinished sessions within the limits. */
export class QueueLimits {
  readonly #turns = pLimit(1);

  constructor(
    private readonly sessions: Pick<SessionRepository, 'count'>,
    private readonly limits: QueueLimitsOptions,
  ) {}

  /**
   * Reserves a slot, to be released once the session is QUEUED or could not be queued. Serialised, so that two concurrent
   * requests cannot take the last slot. Throws `UserError` QUEUE_FULL or TOO_MANY_SESSIONS.
   * @param isUnfinished whether the session is one of the owner's unfinished sessions already
   */
  async reserve(ownerId: string, { isUnfinished }: { readonly isUnfinished: boolean }): Promise<Slot> {
    const release = await new Promise<() => void>((resolve) => {
      void this.#turns(() => new Promise<void>((done) => resolve(done)));
    });
    try {
      await this.#checkQueue();
      if (!isUnfinished) await this.#checkOwner(ownerId);
    } catch (error) {
      release();
      throw error;
    }
    return { release };
  }

  async #checkQueue(): Promise<void> {
    const { queueLimit } = this.limits;
    const queued = await this.sessions.count({ statuses: ['QUEUED'] });
    if (queued < queueLimit) return;
    const message = `The queue is full: ${queued} sessions are queued and the maximum is ${queueLimit}. Try again later.`;
    throw new UserError('QUEUE_FULL', message, undefined, queued);
  }

  async #checkOwner(ownerId: string): Promise<void> {
    const { ownerLimit } = this.limits;
    const unfinished = await this.sessions.count({ statuses: UNFINISHED, ownerId });
    if (unfinished < ownerLimit) return;
    const message = `You have ${unfinished} unfinished sessions; the maximum is ${ownerLimit}. Cancel one or wait until one has finished.`;
    throw new UserError('TOO_MANY_SESSIONS', message);
  }
}
