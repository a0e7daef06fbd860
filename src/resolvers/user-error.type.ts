import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { UserError, UserErrorCode } from '../core/errors.js';

const CODES: Readonly<Record<UserErrorCode, { description: string }>> = {
  SESSION_NOT_FOUND: { description: 'There is no session with this id.' },
  IMAGE_NOT_FOUND: { description: 'There is no picture with this id.' },
  PRESET_NOT_FOUND: { description: 'There is no preset of this name or id.' },
  INVALID_PRESET: { description: 'A preset’s name, title or description is not as it has to be.' },
  PRESET_NAME_TAKEN: { description: 'There is a preset of this name, built in or of the same owner. Choose another.' },
  PRESET_BUILT_IN: { description: 'Built-in presets can be neither changed nor deleted. Base one of your own on it.' },
  TOO_MANY_PRESETS: { description: 'The owner has as many presets as one owner may have. Delete one.' },
  INVALID_STYLES: { description: 'Too few or too many styles, or a weight out of range.' },
  INVALID_MASK: {
    description: 'A mask leaves next to nothing to paint: it is too dark or too small, or all is kept.',
  },
  INVALID_RECIPE: {
    description: 'A recipe field is out of range, names something that does not exist, or contradicts another.',
  },
  INVALID_TITLE: { description: 'The title is too long.' },
  INVALID_TAGS: { description: 'Too many tags, or one that is empty or too long.' },
  NETWORK_NOT_FOUND: { description: 'The recipe’s network is not at hand on this server.' },
  NETWORK_INVALID: { description: 'The recipe’s network is at hand, but its file cannot be used.' },
  TOO_LARGE_FOR_MEMORY: {
    description:
      'The session would need more memory than there is; the message names the largest size that would fit, and `estimate` says it as a number.',
  },
  QUEUE_FULL: { description: 'As many sessions wait as the server lets wait. Try again later.' },
  TOO_MANY_SESSIONS: {
    description: 'The owner has as many unfinished sessions as one owner may have. Cancel one, or wait for one.',
  },
  TOO_MANY_UPLOADS: {
    description: 'As many pictures are being uploaded as the server takes at a time. Try again in a moment.',
  },
  API_KEY_NOT_FOUND: { description: 'There is no API key with this id.' },
  NOT_CANCELLABLE: { description: 'The session has completed or failed.' },
  NOT_PAUSABLE: { description: 'The session has ended, so there is nothing to pause.' },
  NOT_RESUMABLE: { description: 'The session is not PAUSED.' },
  NOT_CONTINUABLE: {
    description: 'The session has not ended yet, has FAILED, or ended before its first step, so that no state is kept.',
  },
  NO_RESULT: { description: 'The session has no result to begin with.' },
  NO_CHECKPOINT: { description: 'No state of the session’s run is kept: it has made no step yet.' },
  CHECKPOINT_MISMATCH: { description: 'The kept state is of another size or network than the new session.' },
  IDEMPOTENCY_CONFLICT: { description: 'The idempotency key was used before, with another input.' },
  INVALID_CURSOR: { description: 'The cursor is none that this server gave out, or belongs to another order.' },
  INVALID_ARGUMENT: { description: 'An argument is out of range.' },
  NOT_AN_IMAGE: { description: 'The file is no picture of a supported format, or is damaged.' },
  TOO_LARGE: { description: 'The file has more bytes or pixels than this server accepts.' },
  TOO_SMALL: { description: 'The picture is too small to be worked on.' },
};

export const UserErrorCodeEnum = Object.fromEntries(Object.keys(CODES).map((code) => [code, code])) as {
  [K in UserErrorCode]: K;
};
registerEnumType(UserErrorCodeEnum, {
  name: 'UserErrorCode',
  description:
    'What a caller can do wrong. Queries and subscriptions, which have no payload, give the same codes as `extensions.code`.',
  valuesConfig: CODES,
});

@ObjectType('UserError', { description: 'A mistake in the input.' })
export class UserErrorType implements Pick<UserError, 'code' | 'field' | 'message' | 'queuePosition'> {
  @Field(() => UserErrorCodeEnum, { description: 'What kind of mistake; stable.' })
  code!: UserErrorCode;

  @Field(() => String, {
    nullable: true,
    description: 'The input field at fault as a path, such as `styles.1.weight`; null where it is none in particular.',
  })
  field?: string;

  @Field(() => String, { description: 'What is wrong, for people.' })
  message!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'With QUEUE_FULL: how many sessions would have waited before this one; else null.',
  })
  queuePosition?: number;
}
