import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { encodeCursor } from '../../sessions/cursor.js';
import { MAX_PAGE } from '../../sessions/session-service.js';
import type { SessionRow, SessionStatus } from '../../storage/index.js';
import type { GraphqlContext } from '../context.js';
import { withMistakes } from '../errors.js';
import { SessionConnection } from './session-connection.type.js';
import { CancelSessionPayload, CreateSessionPayload } from './session-payload.type.js';
import { CreateSessionInput, requested } from './session.input.js';
import { SessionStatusEnum, SessionType } from './session.type.js';

@Resolver(() => SessionConnection)
export class SessionResolver {
  @Query(() => SessionType, { nullable: true, description: 'A session; null where there is none with this id.' })
  async session(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Names the session.' }) id: string,
  ): Promise<SessionRow | null> {
    return await services.sessions.find(viewer, id);
  }

  @Query(() => SessionConnection, {
    description: 'The viewer’s sessions (for an admin, all), newest first. Errors: INVALID_CURSOR, INVALID_ARGUMENT.',
    complexity: ({ args, childComplexity }) => 1 + childComplexity * Math.min(Number(args.first), MAX_PAGE),
  })
  async sessions(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('first', () => Int, { defaultValue: 20, description: `At most this many; 1 to ${MAX_PAGE}.` })
    first: number,
    @Arg('after', () => String, { nullable: true, description: 'Only those beyond this cursor.' })
    after?: string | null,
    @Arg('statuses', () => [SessionStatusEnum], { nullable: true, description: 'Only those in one of these statuses.' })
    statuses?: SessionStatus[] | null,
  ): Promise<SessionConnection> {
    const filter = statuses ?? undefined;
    const page = await services.sessions.page(viewer, { first, after: after ?? undefined, statuses: filter });
    const edges = page.sessions.map((node) => ({ cursor: encodeCursor(node), node }));
    return {
      edges,
      pageInfo: {
        hasNextPage: page.hasNextPage,
        hasPreviousPage: after != null,
        startCursor: edges.at(0)?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
      statuses: filter,
    };
  }

  @FieldResolver(() => Int, { description: 'How many sessions the whole list has.' })
  async totalCount(
    @Root() { statuses }: SessionConnection,
    @Ctx() { viewer, services }: GraphqlContext,
  ): Promise<number> {
    return await services.sessions.count(viewer, statuses);
  }

  @Mutation(() => CreateSessionPayload, {
    description: 'Checks the whole input, queues a session and answers at once.',
  })
  async createSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('input', () => CreateSessionInput, { description: 'What to paint, and how.' }) input: CreateSessionInput,
  ): Promise<CreateSessionPayload> {
    const { value, errors } = await withMistakes(() =>
      services.sessions.create(viewer, requested(input), input.idempotencyKey ?? undefined),
    );
    return { session: value, errors };
  }

  @Mutation(() => CancelSessionPayload, {
    description:
      'Cancels a waiting or paused session at once, a running one within a step. Cancelling a cancelled session changes nothing.',
  })
  async cancelSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Names the session.' }) id: string,
  ): Promise<CancelSessionPayload> {
    const { value, errors } = await withMistakes(() => services.sessions.cancel(viewer, id));
    return { session: value, errors };
  }
}
