import { Arg, Ctx, FieldResolver, GraphQLISODateTime, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { DEFAULT_PAGE, encodeCursor, MAX_PAGE, MAX_TAG_LIST } from '../../sessions/history-service.js';
import { MAX_TITLE_LENGTH } from '../../sessions/labels.js';
import type { SessionOrder, SessionStatus } from '../../storage/index.js';
import type { GraphqlContext } from '../context.js';
import { withUserErrors } from '../errors.js';
import { SessionConnection, SessionOrderEnum } from './session-connection.type.js';
import { UpdateSessionPayload } from './session-payload.type.js';
import { SessionStatusEnum } from './session.type.js';
import { UpdateSessionInput } from './update-session.input.js';

/** Finding past work again. */
@Resolver(() => SessionConnection)
export class HistoryResolver {
  @Query(() => SessionConnection, {
    description:
      'Your sessions, page by page: `first` of them `after` a cursor, or the `last` of them `before` one. A cursor is a place in the list and stays good whatever is created or deleted meanwhile. Errors: INVALID_CURSOR, INVALID_ARGUMENT.',
    complexity: ({ args, childComplexity }) =>
      1 + childComplexity * Math.min(Number(args.first ?? args.last ?? DEFAULT_PAGE), MAX_PAGE),
  })
  async sessions(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('first', () => Int, {
      nullable: true,
      description: `At most this many, from the beginning; 1 to ${MAX_PAGE}. ${DEFAULT_PAGE} where neither this nor \`last\` is given.`,
    })
    first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Only those beyond this cursor.' })
    after?: string | null,
    @Arg('last', () => Int, {
      nullable: true,
      description: `At most this many, from the end; 1 to ${MAX_PAGE}. Not together with \`first\`.`,
    })
    last?: number | null,
    @Arg('before', () => String, { nullable: true, description: 'Only those before this cursor.' })
    before?: string | null,
    @Arg('statuses', () => [SessionStatusEnum], { nullable: true, description: 'Only those in one of these statuses.' })
    statuses?: SessionStatus[] | null,
    @Arg('preset', () => String, { nullable: true, description: 'Only those made from this preset.' })
    preset?: string | null,
    @Arg('tag', () => String, { nullable: true, description: 'Only those with this tag, in whatever case.' })
    tag?: string | null,
    @Arg('text', () => String, {
      nullable: true,
      description: `Only those with this in their title, in whatever case; at most ${MAX_TITLE_LENGTH} characters.`,
    })
    text?: string | null,
    @Arg('createdAfter', () => GraphQLISODateTime, {
      nullable: true,
      description: 'Only those created at this instant or later.',
    })
    createdAfter?: Date | null,
    @Arg('createdBefore', () => GraphQLISODateTime, {
      nullable: true,
      description: 'Only those created before this instant.',
    })
    createdBefore?: Date | null,
    @Arg('orderBy', () => SessionOrderEnum, {
      defaultValue: SessionOrderEnum.NEWEST,
      description: 'Their order. The pages of one list all have to be asked for in the same.',
    })
    order: SessionOrder = 'NEWEST',
  ): Promise<SessionConnection> {
    const filter = {
      statuses: statuses ?? undefined,
      preset: preset ?? undefined,
      tag: tag ?? undefined,
      text: text ?? undefined,
      createdAfter: createdAfter ?? undefined,
      createdBefore: createdBefore ?? undefined,
    };
    const { sessions, hasNextPage, hasPreviousPage } = await services.history.page(viewer, {
      ...filter,
      first: first ?? undefined,
      after: after ?? undefined,
      last: last ?? undefined,
      before: before ?? undefined,
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

  @FieldResolver(() => Int, { description: 'How many sessions the whole list has, over all pages.' })
  async totalCount(
    @Root() { filter }: SessionConnection,
    @Ctx() { viewer, services }: GraphqlContext,
  ): Promise<number> {
    return await services.history.count(viewer, filter);
  }

  @Query(() => [String], {
    description: `The tags of your sessions, most used first, then alphabetically; at most ${MAX_TAG_LIST}.`,
  })
  async tags(@Ctx() { viewer, services }: GraphqlContext): Promise<string[]> {
    return await services.history.tags(viewer);
  }

  @Mutation(() => UpdateSessionPayload, { description: 'Renames a session, or files it under other tags.' })
  async updateSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Names the session.' }) id: string,
    @Arg('input', () => UpdateSessionInput, { description: 'What changes.' }) { title, tags }: UpdateSessionInput,
  ): Promise<UpdateSessionPayload> {
    const { value, errors } = await withUserErrors(() =>
      services.history.update(viewer, id, { title, tags: tags ?? undefined }),
    );
    return { session: value, errors };
  }
}
