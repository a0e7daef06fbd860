import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { QueueState } from '../../sessions/queue-service.js';

/** Its `running` and `waiting` are resolved in queue.resolver.ts. */
@ObjectType('Queue', { description: 'The queue of all owners’ sessions. For admins.' })
export class QueueType implements QueueState {
  @Field(() => Boolean, {
    description: 'Whether the queue is paused: no session is claimed until `resumeQueue`. Survives a restart.',
  })
  paused!: boolean;

  @Field(() => Int, { description: 'Number of QUEUED sessions.' })
  length!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Time since the first session was queued, in seconds; null if the queue is empty.',
  })
  oldestWaitSeconds!: number | null;
}
