import { Field, ID, ObjectType } from 'type-graphql';
import type { SessionRow } from '../../storage/index.js';
import { UserErrorType } from '../user-error.type.js';
import { SessionType } from './session.type.js';

@ObjectType({ description: 'What became of a request to pause a session.' })
export class PauseSessionPayload {
  @Field(() => SessionType, {
    nullable: true,
    description: 'The session: PAUSED, or still RUNNING until its present step is done; null where there are errors.',
  })
  session!: SessionRow | null;

  @Field(() => [UserErrorType], { description: 'SESSION_NOT_FOUND or NOT_PAUSABLE; empty where nothing is wrong.' })
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'What became of a request to resume a session.' })
export class ResumeSessionPayload {
  @Field(() => SessionType, { nullable: true, description: 'The queued session; null where there are errors.' })
  session!: SessionRow | null;

  @Field(() => [UserErrorType], {
    description: 'SESSION_NOT_FOUND, NOT_RESUMABLE or QUEUE_FULL; empty where nothing is wrong.',
  })
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'What became of a request to continue a session.' })
export class ContinueSessionPayload {
  @Field(() => SessionType, { nullable: true, description: 'The queued session; null where there are errors.' })
  session!: SessionRow | null;

  @Field(() => [UserErrorType], {
    description:
      'SESSION_NOT_FOUND, INVALID_ARGUMENT, NOT_CONTINUABLE, QUEUE_FULL or TOO_MANY_SESSIONS; empty where nothing is wrong.',
  })
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'What became of a request to branch a session.' })
export class BranchSessionPayload {
  @Field(() => SessionType, { nullable: true, description: 'The new, queued session; null where there are errors.' })
  session!: SessionRow | null;

  @Field(() => [UserErrorType], {
    description:
      'SESSION_NOT_FOUND, NO_RESULT, NO_CHECKPOINT, CHECKPOINT_MISMATCH, or whatever can be wrong with the input of `createSession`; empty where nothing is wrong.',
  })
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'What became of a request to delete a session.' })
export class DeleteSessionPayload {
  @Field(() => ID, { nullable: true, description: 'The session that is gone; null where there are errors.' })
  deletedId!: string | null;

  @Field(() => [UserErrorType], { description: 'SESSION_NOT_FOUND; empty where nothing is wrong.' })
  errors!: readonly UserErrorType[];
}
