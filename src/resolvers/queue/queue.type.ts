import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { QueueState } from '../../sessions/queue-service.js';

/** Its `running` and `waiting` are resolved in queue.resolver.ts. */
@ObjectType('Queue', { description: 'The sessions before the engine. For admins.' })
export class QueueType implements QueueState {
  @Field(() => Boolean, {
    description: 'Whether no session is taken up at present. It stays so over a restart, until `resumeQueue`.',
  })
  paused!: boolean;

  @Field(() => Int, { description: 'How many sessions wait.' })
  length!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Seconds that the first of them has waited; null where none waits.',
  })
  oldestWaitSeconds!: number | null;
}
