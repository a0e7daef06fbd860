import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver } from 'type-graphql';
import { checkRange } from '../../core/errors.js';
import type { QueueState } from '../../sessions/queue-service.js';
import type { SessionRow } from '../../storage/index.js';
import { requireAdmin, type GraphqlContext } from '../context.js';
import { SessionType } from '../session/session.type.js';
import { QueueType } from './queue.type.js';

/** Most queued sessions in one response. */
const MAX_WAITING = 100;

@Resolver(() => QueueType)
export class QueueResolver {
  @Query(() => QueueType, { description: 'The queue. For admins. Errors: FORBIDDEN.' })
  async queue(@Ctx() { viewer, services }: GraphqlContext): Promise<QueueState> {
    requireAdmin(viewer);
    return await services.queue.state();
  }

  @Mutation(() => QueueType, {
    description:
      'Pauses the queue: no further session is claimed. The running session is finished, and sessions can still be queued; once `running` is null, the engine is idle. Survives a restart. Pausing a paused queue changes nothing. For admins. Errors: FORBIDDEN.',
  })
  async pauseQueue(@Ctx() { viewer, services }: GraphqlContext): Promise<QueueState> {
    requireAdmin(viewer);
    await services.queue.pause();
    return await services.queue.state();
  }

  @Mutation(() => QueueType, {
    description:
      'Resumes the queue: sessions are claimed again. Resuming a queue that is not paused changes nothing. For admins. Errors: FORBIDDEN.',
  })
  async resumeQueue(@Ctx() { viewer, services }: GraphqlContext): Promise<QueueState> {
    requireAdmin(viewer);
    await services.queue.resume();
    return await services.queue.state();
  }

  @FieldResolver(() => SessionType, { nullable: true, description: 'The running session; null if none is running.' })
  async running(@Ctx() { services }: GraphqlContext): Promise<SessionRow | null> {
    return await services.queue.running();
  }

  @FieldResolver(() => [SessionType], {
    description: 'The first QUEUED sessions, in the order in which they will be claimed. Errors: INVALID_ARGUMENT.',
    complexity: ({ args, childComplexity }) => 1 + childComplexity * Math.min(Number(args.first), MAX_WAITING),
  })
  async waiting(
    @Ctx() { services }: GraphqlContext,
    @Arg('first', () => Int, { defaultValue: 20, description: `Maximum number of sessions, 1 to ${MAX_WAITING}.` })
    first: number,
  ): Promise<SessionRow[]> {
    checkRange('first', first, 1, MAX_WAITING);
    return await services.queue.waiting(first);
  }
}
