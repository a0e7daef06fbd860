/** Which sessions, in which order: filters and keyset pages as Prisma conditions. */
import type { SessionStatus } from '../core/status.js';
import type { Prisma } from './generated/client.js';
import type { SessionRow } from './session-rows.js';

/** By time of creation; sessions of one millisecond by id. */
export type SessionOrder = 'NEWEST' | 'OLDEST';

/** Absent fields match every session. */
export interface SessionFilter {
  readonly ownerId?: string | undefined;
  readonly statuses?: readonly SessionStatus[] | undefined;
  readonly preset?: string | undefined;
  readonly tag?: string | undefined;
  /** Part of the title, case-insensitive. */
  readonly text?: string | undefined;
  /** Inclusive. */
  readonly createdAfter?: Date | undefined;
  /** Exclusive. */
  readonly createdBefore?: Date | undefined;
}

/** A place in a list of sessions. The session itself may be deleted. */
export type SessionPosition = Pick<SessionRow, 'createdAt' | 'id'>;

export interface SessionBound extends SessionPosition {
  /** Whether a session at the position itself counts. */
  readonly inclusive?: boolean;
}

export interface PageRequest extends SessionFilter {
  /** Most rows. */
  readonly limit: number;
  /** Default NEWEST. */
  readonly order?: SessionOrder | undefined;
  /** Only rows later in the order than this position. */
  readonly after?: SessionBound | undefined;
  /** Only rows earlier in the order than this position. */
  readonly before?: SessionBound | undefined;
  /** Take the last rows instead of the first; they are returned in order all the same. */
  readonly fromEnd?: boolean | undefined;
}

export function matching(filter: SessionFilter): Prisma.SessionWhereInput {
  const { ownerId, statuses, preset, tag, text, createdAfter, createdBefore } = filter;
  return {
    ...(statuses && { status: { in: [...statuses] } }),
    ownerId,
    preset,
    ...(tag !== undefined && { tags: { some: { name: tag } } }),
    ...(text !== undefined && { searchTitle: { contains: searchText(text) } }),
    ...((createdAfter ?? createdBefore) && { createdAt: { gte: createdAfter, lt: createdBefore } }),
  };
}

/** A page's condition, order and length. Positions are compared by (createdAt, id), never counted: a keyset. */
export function pageOf(request: PageRequest) {
  const { limit, order = 'NEWEST', after, before, fromEnd = false, ...filter } = request;
  const [later, earlier] = order === 'NEWEST' ? (['lt', 'gt'] as const) : (['gt', 'lt'] as const);
  const direction = (order === 'NEWEST') === fromEnd ? 'asc' : 'desc';
  return {
    where: { AND: [matching(filter), after ? beyond(after, later) : {}, before ? beyond(before, earlier) : {}] },
    orderBy: [{ createdAt: direction }, { id: direction }],
    take: limit,
  } satisfies Prisma.SessionFindManyArgs;
}

/** The second condition implies the first, which lets the database start in the middle of the index. */
function beyond({ createdAt, id, inclusive }: SessionBound, side: 'lt' | 'gt'): Prisma.SessionWhereInput {
  const orEqual = side === 'lt' ? 'lte' : 'gte';
  return {
    createdAt: { [orEqual]: createdAt },
    OR: [{ createdAt: { [side]: createdAt } }, { createdAt, id: { [inclusive ? orEqual : side]: id } }],
  };
}

/** The characters that LIKE interprets are moved to Unicode's private use area, so that they match themselves. */
const PRIVATE_USE = 0xe000;

/**
 * The form in which titles are searched, and search texts compared: NFKC, lower case, and without LIKE's wildcards, which
 * Prisma cannot escape on SQLite.
 */
export function searchText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[%_\\]/g, (character) => String.fromCharCode(PRIVATE_USE + character.charCodeAt(0)));
}
