/**
 * A client repeats a request whose response was lost. While the session of the first request exists, the same idempotency
 * key of the same owner identifies that session.
 */
import { createHash } from 'node:crypto';
import { UserError } from '../core/errors.js';
import type { Viewer } from '../core/viewer.js';
import type { SessionRepository, SessionRow } from '../storage/index.js';

/** Longest idempotency key, characters. */
export const MAX_KEY_LENGTH = 200;

/** How a session's row identifies the request that created the session. */
export interface RequestMark {
  /** SHA-256 of owner and key, hexadecimal. */
  readonly idempotencyKey: string;
  /** SHA-256 of the input, hexadecimal. */
  readonly inputHash: string;
}

/** The mark of a request; undefined without a key. Throws `UserError` INVALID_ARGUMENT. */
export function markRequest({ ownerId }: Viewer, key: string | undefined, input: object): RequestMark | undefined {
  if (key === undefined) return undefined;
  if (key.length < 1 || key.length > MAX_KEY_LENGTH) {
    const message = `\`idempotencyKey\` has ${key.length} characters; it must have 1 to ${MAX_KEY_LENGTH}. Use a UUID, for example.`;
    throw new UserError('INVALID_ARGUMENT', message, 'idempotencyKey');
  }
  return { idempotencyKey: sha256(`${ownerId}\n${key}`), inputHash: sha256(canonical(input)) };
}

/**
 * The session that an equal request created; null if there is none. Throws `UserError` IDEMPOTENCY_CONFLICT if the key
 * belongs to a request with another input.
 */
export async function findMarked(
  sessions: Pick<SessionRepository, 'findByKey'>,
  mark: RequestMark | undefined,
): Promise<SessionRow | null> {
  const session = mark ? await sessions.findByKey(mark.idempotencyKey) : null;
  if (!session || session.inputHash === mark?.inputHash) return session;
  const message = `\`idempotencyKey\` was used with another input, for session ${session.id}. Use a new key for a new input.`;
  throw new UserError('IDEMPOTENCY_CONFLICT', message, 'idempotencyKey');
}

/** JSON that is equal for equivalent inputs: fields sorted by name, absent and null fields left out. */
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
