import { Field, Float, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { SessionRow, SessionStatus } from '../../storage/index.js';
import { NodeType } from '../node/node.type.js';

export const SessionStatusEnum = {
  QUEUED: 'QUEUED',
  RUNNING: 'RUNNING',
  PAUSED: 'PAUSED',
  COMPLETED: 'COMPLETED',
  CANCELLED: 'CANCELLED',
  FAILED: 'FAILED',
} satisfies { [K in SessionStatus]: K };
registerEnumType(SessionStatusEnum, {
  name: 'SessionStatus',
  description:
    'Where a session is in its life. COMPLETED, CANCELLED and FAILED are final, unless `continueSession` gives it further steps.',
  valuesConfig: {
    QUEUED: { description: 'It waits for the engine.' },
    RUNNING: { description: 'The engine works on it.' },
    PAUSED: { description: 'It was halted and keeps its state; `resumeSession` lets it go on.' },
    COMPLETED: { description: 'Its result is there.' },
    CANCELLED: { description: 'It was cancelled.' },
    FAILED: { description: 'It could not be finished; `Session.error` says why.' },
  },
});

@ObjectType('SessionNetwork', { description: 'The network that a session runs with.' })
export class SessionNetworkType {
  @Field(() => String, { description: 'The one that runs, which is another than the recipe’s where it stands in.' })
  name!: string;

  @Field(() => String, { description: 'SHA-256 of its file, hexadecimal.' })
  sha256!: string;

  @Field(() => Boolean, { description: 'Whether it takes the place of the recipe’s network, which is not at hand.' })
  isFallback!: boolean;
}

@ObjectType('SessionError', { description: 'Why a session failed.' })
export class SessionErrorType {
  @Field(() => String, {
    description:
      'Stable: ENGINE_CRASHED, BACKEND_FAILED, DIVERGED, NETWORK_NOT_FOUND, NETWORK_INVALID, INVALID_RECIPE, INVALID_MASK, ATTEMPTS_EXHAUSTED or INTERNAL.',
  })
  code!: string;

  @Field(() => String, { description: 'What happened, for people.' })
  message!: string;
}

/** What the row does not say of itself is resolved in session-fields.resolver.ts. */
@ObjectType('Session', {
  implements: NodeType,
  description: 'One run of the engine: what was asked for, how far it is, how it ended.',
})
export class SessionType implements Pick<
  SessionRow,
  | 'id'
  | 'ownerId'
  | 'title'
  | 'status'
  | 'preset'
  | 'width'
  | 'height'
  | 'step'
  | 'totalSteps'
  | 'elapsedMs'
  | 'backend'
  | 'createdAt'
  | 'startedAt'
  | 'finishedAt'
> {
  @Field(() => ID, { description: 'Names the session.' })
  id!: string;

  @Field(() => ID, { description: 'Whose it is: the `Viewer.ownerId` of whoever created it.' })
  ownerId!: string;

  @Field(() => String, { nullable: true, description: 'What its owner calls it.' })
  title!: string | null;

  @Field(() => SessionStatusEnum, { description: 'Where it is in its life.' })
  status!: SessionStatus;

  @Field(() => String, { description: 'Name of the preset that its recipe was made from.' })
  preset!: string;

  @Field(() => Int, { description: 'Width of the result in pixels.' })
  width!: number;

  @Field(() => Int, { description: 'Height of the result in pixels.' })
  height!: number;

  @Field(() => Int, { description: 'Optimiser steps done; 0 before the run begins.' })
  step!: number;

  @Field(() => Int, {
    description:
      'Optimiser steps to do in all; a run that has converged ends before. Grows when the session is continued.',
  })
  totalSteps!: number;

  @Field(() => Float, { description: 'Milliseconds of work up to the latest step.' })
  elapsedMs!: number;

  @Field(() => String, {
    nullable: true,
    description: 'What the engine computes with, such as `onnx-cpu`; null before the run begins.',
  })
  backend!: string | null;

  @Field(() => GraphQLISODateTime, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When the engine first took it up.' })
  startedAt!: Date | null;

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When it ended, however it ended; null while it has not, or goes on.',
  })
  finishedAt!: Date | null;
}
