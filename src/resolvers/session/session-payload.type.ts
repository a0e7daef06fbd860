import { Field, ID, ObjectType } from 'type-graphql';
import type { UserErrorCode } from '../../core/errors.js';
import type { SessionRow } from '../../storage/index.js';
import { ErrorsField, type UserErrorType } from '../user-error.type.js';
import { SessionType } from './session.type.js';

const QUEUED_SESSION = { nullable: true, description: 'The queued session; null if there are errors.' };

/** User errors in the input of `createSession` and `estimate`. */
export const INPUT_ERRORS = [
  'IMAGE_NOT_FOUND',
  'PRESET_NOT_FOUND',
  'INVALID_STYLES',
  'INVALID_MASK',
  'INVALID_RECIPE',
  'INVALID_TITLE',
  'INVALID_TAGS',
  'NETWORK_NOT_FOUND',
  'NETWORK_INVALID',
] as const satisfies readonly UserErrorCode[];

const CREATE_ERRORS = [
  ...INPUT_ERRORS,
  'TOO_LARGE_FOR_MEMORY',
  'QUEUE_FULL',
  'TOO_MANY_SESSIONS',
  'INVALID_ARGUMENT',
  'IDEMPOTENCY_CONFLICT',
] as const satisfies readonly UserErrorCode[];

@ObjectType({ description: 'Result of `createSession`.' })
export class CreateSessionPayload {
  @Field(() => SessionType, QUEUED_SESSION)
  session!: SessionRow | null;

  @ErrorsField(...CREATE_ERRORS)
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'Result of `branchSession`.' })
export class BranchSessionPayload {
  @Field(() => SessionType, QUEUED_SESSION)
  session!: SessionRow | null;

  @ErrorsField('SESSION_NOT_FOUND', 'NO_RESULT', 'NO_CHECKPOINT', 'CHECKPOINT_MISMATCH', ...CREATE_ERRORS)
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'Result of `cancelSession`.' })
export class CancelSessionPayload {
  @Field(() => SessionType, {
    nullable: true,
    description: 'The session: CANCELLED, or RUNNING until its current step ends; null if there are errors.',
  })
  session!: SessionRow | null;

  @ErrorsField('SESSION_NOT_FOUND', 'NOT_CANCELLABLE')
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'Result of `pauseSession`.' })
export class PauseSessionPayload {
  @Field(() => SessionType, {
    nullable: true,
    description: 'The session: PAUSED, or RUNNING until its current step ends; null if there are errors.',
  })
  session!: SessionRow | null;

  @ErrorsField('SESSION_NOT_FOUND', 'NOT_PAUSABLE')
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'Result of `resumeSession`.' })
export class ResumeSessionPayload {
  @Field(() => SessionType, QUEUED_SESSION)
  session!: SessionRow | null;

  @ErrorsField('SESSION_NOT_FOUND', 'NOT_RESUMABLE', 'QUEUE_FULL')
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'Result of `continueSession`.' })
export class ContinueSessionPayload {
  @Field(() => SessionType, QUEUED_SESSION)
  session!: SessionRow | null;

  @ErrorsField('SESSION_NOT_FOUND', 'INVALID_ARGUMENT', 'NOT_CONTINUABLE', 'QUEUE_FULL', 'TOO_MANY_SESSIONS')
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'Result of `updateSession`.' })
export class UpdateSessionPayload {
  @Field(() => SessionType, { nullable: true, description: 'The updated session; null if there are errors.' })
  session!: SessionRow | null;

  @ErrorsField('SESSION_NOT_FOUND', 'INVALID_TITLE', 'INVALID_TAGS')
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'Result of `deleteSession`.' })
export class DeleteSessionPayload {
  @Field(() => ID, { nullable: true, description: 'Id of the deleted session; null if there are errors.' })
  deletedId!: string | null;

  @ErrorsField('SESSION_NOT_FOUND')
  errors!: readonly UserErrorType[];
}
