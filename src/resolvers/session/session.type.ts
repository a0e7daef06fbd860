import { Field, Float, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { SessionStatus } from '../../core/status.js';
import type { SessionRow, StatusChangeRow } from '../../storage/index.js';
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
    'Status of a session. COMPLETED, CANCELLED and FAILED are terminal; only `continueSession` leaves COMPLETED or CANCELLED.',
  valuesConfig: {
    QUEUED: { description: 'The session is in the queue.' },
    RUNNING: { description: 'The engine is running the session.' },
    PAUSED: { description: 'The session is paused and has kept its checkpoint; `resumeSession` resumes it.' },
    COMPLETED: { description: 'The session has finished and has a result.' },
    CANCELLED: { description: 'The session was cancelled.' },
    FAILED: { description: 'The session failed; `Session.error` has the reason.' },
  },
});

/** Its `image` and `maskImage` are resolved in session-fields.resolver.ts. */
@ObjectType('SessionStyle', { description: 'A style image of a session.' })
export class SessionStyleType {
  @Field(() => Float, { description: 'Weight of the style relative to the session’s other styles.' })
  weight!: number;

  @Field(() => Float, { description: 'Size of the style image relative to `recipe.size`.' })
  scale!: number;
}

@ObjectType('SessionNetwork', { description: 'The network that a session runs with.' })
export class SessionNetworkType {
  @Field(() => String, { description: 'Name of the network.' })
  name!: string;

  @Field(() => String, { description: 'SHA-256 of the network’s file, hexadecimal.' })
  sha256!: string;

  @Field(() => Boolean, {
    description: 'Whether this network replaces the network of the recipe, which is not installed.',
  })
  isFallback!: boolean;
}

@ObjectType('SessionError', { description: 'Why a session failed.' })
export class SessionErrorType {
  @Field(() => String, {
    description:
      'Stable code: ENGINE_CRASHED, BACKEND_FAILED, DIVERGED, NETWORK_NOT_FOUND, NETWORK_INVALID, INVALID_RECIPE, INVALID_MASK, ATTEMPTS_EXHAUSTED or INTERNAL.',
  })
  code!: string;

  @Field(() => String, { description: 'What happened, in English.' })
  message!: string;
}

@ObjectType('SessionTimings', { description: 'Durations of a session until its end, or until now.' })
export class SessionTimingsType {
  @Field(() => Float, { description: 'Time from creation until the session was first claimed, in milliseconds.' })
  waitingMs!: number;

  @Field(() => Float, { description: 'Compute time up to the latest step, without interruptions, in milliseconds.' })
  workingMs!: number;

  @Field(() => Float, { description: 'Time from creation until the end, with interruptions, in milliseconds.' })
  totalMs!: number;
}

/** The timings of a session at an instant. */
export function timingsOf(session: SessionRow, now: Date): SessionTimingsType {
  const { createdAt, startedAt, finishedAt, elapsedMs } = session;
  const end = finishedAt ?? now;
  const since = (instant: Date) => Math.max(0, instant.getTime() - createdAt.getTime());
  return { waitingMs: since(startedAt ?? end), workingMs: elapsedMs, totalMs: since(end) };
}

@ObjectType('StatusChange', { description: 'A change of a session’s status.' })
export class StatusChangeType implements Pick<StatusChangeRow, 'status' | 'at'> {
  @Field(() => SessionStatusEnum, { description: 'The new status.' })
  status!: SessionStatus;

  @Field(() => GraphQLISODateTime, { description: 'When the status changed.' })
  at!: Date;
}

/** The fields that need more than the row are resolved in session-fields.resolver.ts, loss/, timelapse/. */
@ObjectType('Session', {
  implements: NodeType,
  description: 'A session: one style transfer with its input, progress and result.',
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
  @Field(() => ID, { description: 'Id of the session.' })
  id!: string;

  @Field(() => ID, { description: 'Owner of the session: the `Viewer.ownerId` of its creator.' })
  ownerId!: string;

  @Field(() => String, { nullable: true, description: 'Title; null if the session has none.' })
  title!: string | null;

  @Field(() => SessionStatusEnum, { description: 'Status of the session.' })
  status!: SessionStatus;

  @Field(() => String, { description: 'Name of the preset that the recipe is based on.' })
  preset!: string;

  @Field(() => Int, { description: 'Width of the result in pixels.' })
  width!: number;

  @Field(() => Int, { description: 'Height of the result in pixels.' })
  height!: number;

  @Field(() => Int, { description: 'Number of optimiser steps done; 0 before the first.' })
  step!: number;

  @Field(() => Int, {
    description:
      'Number of optimiser steps to do in all. A run that converges ends earlier. `continueSession` increases the number.',
  })
  totalSteps!: number;

  @Field(() => Float, { description: 'Compute time up to the latest step, in milliseconds.' })
  elapsedMs!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Name of the backend that runs the session, such as `onnx-cpu`; null before the first run.',
  })
  backend!: string | null;

  @Field(() => GraphQLISODateTime, { description: 'When the session was created.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When the session was first claimed; null before that.',
  })
  startedAt!: Date | null;

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When the session ended; null while it has not ended, or has been continued.',
  })
  finishedAt!: Date | null;
}
