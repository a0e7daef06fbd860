import { Arg, Ctx, FieldResolver, GraphQLISODateTime, Int, Query, Resolver, Root } from 'type-graphql';
import type { SessionStatus } from '../../core/status.js';
import { DEFAULT_PAGE, encodeCursor, MAX_PAGE, MAX_TAG_LIST } from '../../sessions/history-service.js';
import { MAX_TITLE_LENGTH } from '../../sessions/labels.js';
import type { SessionOrder } from '../../storage/index.js';
import { omitNulls } from '../arguments.js';
import type { GraphqlContext } from '../context.js';
import { SessionStatusEnum } from '../session/session.type.js';
import { SessionConnection, SessionOrderEnum } from './history.type.js';

/** Lists of past sessions. */
@Resolver(() => SessionConnection)
export class HistoryResolver {
  @Query(() => SessionConnection, {
    description:
      'The sessions that the viewer can see, in pages: the `first` sessions `after` a cursor, or the `last` sessions `before` one. Filters that are omitted or `null` do not apply. Cursors stay valid when sessions are created or deleted. Errors: INVALID_CURSOR, INVALID_ARGUMENT.',
    complexity: ({ args, childComplexity }) =>
      1 + childComplexity * Math.min(Number(args.first ?? args.last ?? DEFAULT_PAGE), MAX_PAGE),
  })
  async sessions(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('first', () => Int, {
      nullable: true,
      description: `Maximum number of sessions from the start of the list, 1 to ${MAX_PAGE}. Default: ${DEFAULT_PAGE}, unless \`last\` is given.`,
    })
    first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor: return sessions after it.' })
    after?: string | null,
    @Arg('last', () => Int, {
      nullable: true,
      description: `Maximum number of sessions from the end of the list, 1 to ${MAX_PAGE}. Excludes \`first\`.`,
    })
    last?: number | null,
    @Arg('before', () => String, { nullable: true, description: 'Cursor: return sessions before it.' })
    before?: string | null,
    @Arg('statuses', () => [SessionStatusEnum], {
      nullable: true,
      description: 'Return sessions in one of these statuses. Default: all.',
    })
    statuses?: SessionStatus[] | null,
    @Arg('preset', () => String, {
      nullable: true,
      description: 'Return sessions whose recipe is based on the preset with this name.',
    })
    preset?: string | null,
    @Arg('tag', () => String, { nullable: true, description: 'Return sessions with this tag; case-insensitive.' })
    tag?: string | null,
    @Arg('text', () => String, {
      nullable: true,
      description: `Return sessions whose title contains this text; case-insensitive, at most ${MAX_TITLE_LENGTH} characters.`,
    })
    text?: string | null,
    @Arg('createdAfter', () => GraphQLISODateTime, {
      nullable: true,
      description: 'Return sessions created at this time or later.',
    })
    createdAfter?: Date | null,
    @Arg('createdBefore', () => GraphQLISODateTime, {
      nullable: true,
      description: 'Return sessions created before this time.',
    })
    createdBefore?: Date | null,
    @Arg('orderBy', () => SessionOrderEnum, {
      defaultValue: SessionOrderEnum.NEWEST,
      description: 'Order of the list. A cursor is valid in one order only.',
    })
    order: SessionOrder = 'NEWEST',
  ): Promise<SessionConnection> {
    const filter = omitNulls({ statuses, preset, tag, text, createdAfter, createdBefore });
    const page = omitNulls({ first, after, last, before });
    const { sessions, hasNextPage, hasPreviousPage } = await services.history.page(viewer, {
      ...filter,
      ...page,
      order,
    });
    const edges = sessions.map((node) => ({ cursor: encodeCursor(node, order), node }));
    return {
      edges,
      pageInfo: {
        hasNextPage,
        hasPreviousPage,
        startCursor: edges.at(0)?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
      filter,
    };
  }

  @FieldResolver(() => Int, { description: 'Number of sessions in the whole list.' })
  async totalCount(
    @Root() { filter }: SessionConnection,
    @Ctx() { viewer, services }: GraphqlContext,
  ): Promise<number> {
    return await services.history.count(viewer, filter);
  }

  @Query(() => [String], {
    description: `Tags of the sessions that the viewer can see, most used first, then in alphabetical order; at most ${MAX_TAG_LIST}.`,
  })
  async tags(@Ctx() { viewer, services }: GraphqlContext): Promise<string[]> {
    return await services.history.tags(viewer);
  }
}
