import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { SessionRow } from '../../storage/index.js';
import type { GraphqlContext } from '../context.js';
import { withUserErrors } from '../errors.js';
import { CancelSessionPayload, CreateSessionPayload } from './session-payload.type.js';
import { CreateSessionInput, requested } from './session.input.js';
import { SessionType } from './session.type.js';

@Resolver()
export class SessionResolver {
  @Query(() => SessionType, { nullable: true, description: 'A session; null where there is none with this id.' })
  async session(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Names the session.' }) id: string,
  ): Promise<SessionRow | null> {
    return await services.sessions.find(viewer, id);
  }

  @Mutation(() => CreateSessionPayload, {
    description: 'Checks the whole input, queues a session and answers at once.',
  })
  async createSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('input', () => CreateSessionInput, { description: 'What to paint, and how.' }) input: CreateSessionInput,
  ): Promise<CreateSessionPayload> {
    const { value, errors } = await withUserErrors(() =>
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
    const { value, errors } = await withUserErrors(() => services.sessions.cancel(viewer, id));
    return { session: value, errors };
  }
}
