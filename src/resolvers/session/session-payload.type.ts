import { Field, ObjectType } from 'type-graphql';
import type { SessionRow } from '../../storage/index.js';
import { UserErrorType } from '../user-error.type.js';
import { SessionType } from './session.type.js';

@ObjectType({ description: 'What became of a request to create a session.' })
export class CreateSessionPayload {
  @Field(() => SessionType, { nullable: true, description: 'The queued session; null where there are errors.' })
  session!: SessionRow | null;

  @Field(() => [UserErrorType], { description: 'Everything that is wrong with the input; empty where nothing is.' })
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'What became of a request to cancel a session.' })
export class CancelSessionPayload {
  @Field(() => SessionType, {
    nullable: true,
    description:
      'The session: CANCELLED, or still RUNNING until its present step is done; null where there are errors.',
  })
  session!: SessionRow | null;

  @Field(() => [UserErrorType], { description: 'SESSION_NOT_FOUND or NOT_CANCELLABLE; empty where nothing is wrong.' })
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'What became of a request to rename or file a session.' })
export class UpdateSessionPayload {
  @Field(() => SessionType, { nullable: true, description: 'The session as it is now; null where there are errors.' })
  session!: SessionRow | null;

  @Field(() => [UserErrorType], {
    description: 'SESSION_NOT_FOUND, INVALID_TITLE or INVALID_TAGS; empty where nothing is wrong.',
  })
  errors!: readonly UserErrorType[];
}
