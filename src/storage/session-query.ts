import type { Prisma } from './generated/client.js';
import type { PageRequest, SessionBound, SessionFilter } from './history-types.js';
import { searchText } from './search-text.js';

/** The sessions that a filter means, as Prisma's condition. */
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

/** The first line is implied by the second; it is what lets the database begin in the middle of the index. */
function beyond({ createdAt, id, inclusive }: SessionBound, side: 'lt' | 'gt'): Prisma.SessionWhereInput {
  const orEqual = side === 'lt' ? 'lte' : 'gte';
  return {
    createdAt: { [orEqual]: createdAt },
    OR: [{ createdAt: { [side]: createdAt } }, { createdAt, id: { [inclusive ? orEqual : side]: id } }],
  };
}
