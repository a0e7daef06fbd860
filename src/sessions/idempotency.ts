import { createHash } from 'node:crypto';
import type { SessionRepository, SessionRow } from '../storage/index.js';
import { UserError } from '../core/errors.js';
import type { Viewer } from '../core/viewer.js';

/** Longest idempotency key, characters. */
export const MAX_KEY_LENGTH = 200;

/** What a session's row says of the request that made it. */
export interface IdempotencyMark {
  /** SHA-256 of owner and key, hexadecimal: an owner's keys are the owner's own. */
  readonly idempotencyKey: string;
  /** SHA-256 of what was asked for, hexadecimal. */
  readonly inputHash: string;
}

/**
 * Makes requests that are sent again, because the answer to the first was lost, make one session: as long as it exists,
 * the same key of the same owner stands for it.
 */
export class Idempotency {
  constructor(private readonly sessions: Pick<SessionRepository, 'findByKey'>) {}

  /**
   * Has a session created, or finds the one that an equal request created, even where the two race. Throws
   * INVALID_ARGUMENT, or IDEMPOTENCY_CONFLICT where the key stands for another request.
   */
  async once(
    { ownerId }: Viewer,
    key: string | undefined,
    asked: object,
    create: (mark?: IdempotencyMark) => Promise<SessionRow>,
  ): Promise<SessionRow> {
    if (key === undefined) return await create();
    if (key.length < 1 || key.length > MAX_KEY_LENGTH) {
      const message = `An idempotency key has 1 to ${MAX_KEY_LENGTH} characters, not ${key.length}.`;
      throw new UserError('INVALID_ARGUMENT', message, 'idempotencyKey');
    }
    const mark = { idempotencyKey: sha256(`${ownerId}\n${key}`), inputHash: sha256(canonical(asked)) };
    const before = await this.#find(mark);
    if (before) return before;
    try {
      return await create(mark);
    } catch (error) {
      // An equal request may have been faster: it has the key, and maybe the last place in the queue.
      const made = await this.#find(mark);
      if (!made) throw error;
      return made;
    }
  }

  async #find({ idempotencyKey, inputHash }: IdempotencyMark): Promise<SessionRow | null> {
    const session = await this.sessions.findByKey(idempotencyKey);
    if (!session || session.inputHash === inputHash) return session;
    throw new UserError(
      'IDEMPOTENCY_CONFLICT',
      `This key was used with another input, for the session ${session.id}; use a new key.`,
      'idempotencyKey',
    );
  }
}

/** JSON that is the same for inputs that mean the same: fields in order of name, those that are absent or null left out. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => {
    if (typeof field !== 'object' || field === null || Array.isArray(field)) return field;
    const given = Object.entries(field).filter(([, entry]) => entry !== null && entry !== undefined);
    return Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
