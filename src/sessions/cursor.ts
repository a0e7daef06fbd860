import type { SessionRow } from '../storage/types.js';
import { UserError } from './errors.js';

/** A position in the list of sessions, newest first. */
export type Position = Pick<SessionRow, 'createdAt' | 'id'>;

/** The position as an opaque text for clients to hand back. */
export function encodeCursor({ createdAt, id }: Position): string {
  return Buffer.from(`${createdAt.getTime()}.${id}`).toString('base64url');
}

/** Throws `UserError` INVALID_CURSOR for a text that is no cursor. */
export function decodeCursor(cursor: string): Position {
  const [, time, id] = /^(\d{1,15})\.([\w-]+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (!time || !id) {
    throw new UserError('INVALID_CURSOR', 'This cursor was not given out by this server.', 'after');
  }
  return { createdAt: new Date(Number(time)), id };
}
