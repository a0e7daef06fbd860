import type { SessionOrder, SessionPosition } from '../storage/types.js';
import { UserError } from '../core/errors.js';

/** How a cursor says which order it belongs to. */
const SIGNS = { NEWEST: 'n', OLDEST: 'o' } as const satisfies Record<SessionOrder, string>;

/** A position in the list of sessions, in one of its orders, as an opaque text for clients to hand back. */
export function encodeCursor({ createdAt, id }: SessionPosition, order: SessionOrder): string {
  return Buffer.from(`${SIGNS[order]}.${createdAt.getTime()}.${id}`).toString('base64url');
}

/**
 * Throws `UserError` INVALID_CURSOR, naming the argument, for a text that is no cursor, or one of another order: there it
 * would mean another page than the one that the client has in mind.
 */
export function decodeCursor(cursor: string, order: SessionOrder, argument: 'after' | 'before'): SessionPosition {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, sign, time, id] = /^([no])\.(\d{1,15})\.([\w-]+)$/.exec(text) ?? [];
  if (!sign || !time || !id) {
    throw new UserError('INVALID_CURSOR', 'This cursor was not given out by this server.', argument);
  }
  if (sign !== SIGNS[order]) {
    throw new UserError('INVALID_CURSOR', `This cursor belongs to another order than ${order}.`, argument);
  }
  return { createdAt: new Date(Number(time)), id };
}
