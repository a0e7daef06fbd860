import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver } from 'type-graphql';
import { checkRange } from '../../core/errors.js';
import type { QueueState } from '../../sessions/queue-service.js';
import type { SessionRow } from '../../storage/index.js';
import type { GraphqlContext } from '../context.js';
import { requireAdmin } from '../require-admin.js';
import { SessionType } from '../session/session.type.js';
import { QueueType } from './queue.type.js';

/** Most waiting sessions in one answer. */
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
      'From now on no session is taken up; the one that runs is finished, and new ones may still be queued. Once `running` is null, the engine is idle. Holds over a restart. Again: no change. For admins. Errors: FORBIDDEN.',
  })
  async pauseQueue(@Ctx() { viewer, services }: GraphqlContext): Promise<QueueState> {
    requireAdmin(viewer);
    await services.queue.pause();
    return await services.queue.state();
  }

  @Mutation(() => QueueType, {
    description: 'Sessions are taken up again. Again: no change. For admins. Errors: FORBIDDEN.',
  })
  async resumeQueue(@Ctx() { viewer, services }: GraphqlContext): Promise<QueueState> {
    requireAdmin(viewer);
    await services.queue.resume();
    return await services.queue.state();
  }

  @FieldResolver(() => SessionType, { nullable: true, description: 'The session that the engine works on.' })
  async running(@Ctx() { services }: GraphqlContext): Promise<SessionRow | null> {
    return await services.queue.running();
  }

  @FieldResolver(() => [SessionType], {
    description: 'The sessions that wait, the next first. Errors: INVALID_ARGUMENT.',
    complexity: ({ args, childComplexity }) => 1 + childComplexity * Math.min(Number(args.first), MAX_WAITING),
  })
  async waiting(
    @Ctx() { services }: GraphqlContext,
    @Arg('first', () => Int, { defaultValue: 20, description: `At most this many; 1 to ${MAX_WAITING}.` })
    first: number,
  ): Promise<SessionRow[]> {
    checkRange('first', first, 1, MAX_WAITING);
    return await services.queue.waiting(first);
  }
}
