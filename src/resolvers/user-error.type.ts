import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { UserError, UserErrorCode } from '../core/errors.js';

const CODES: Readonly<Record<UserErrorCode, { description: string }>> = {
  SESSION_NOT_FOUND: { description: 'There is no session with this id.' },
  IMAGE_NOT_FOUND: { description: 'There is no image with this id.' },
  PRESET_NOT_FOUND: { description: 'There is no preset with this name or id.' },
  INVALID_PRESET: { description: 'The name, title or description of a preset is invalid.' },
  PRESET_NAME_TAKEN: {
    description: 'A built-in preset, or another preset of the same owner, has this name. Choose another name.',
  },
  PRESET_BUILT_IN: {
    description: 'The preset is built in and cannot be changed or deleted. Create a preset that is based on it.',
  },
  TOO_MANY_PRESETS: { description: 'The owner has the maximum number of presets. Delete one first.' },
  INVALID_STYLES: { description: 'There are too few or too many styles, or a weight or scale is out of range.' },
  INVALID_MASK: {
    description: 'A mask leaves almost no pixels to stylise: it is too dark or too small, or the keep mask is white.',
  },
  INVALID_RECIPE: {
    description: 'A recipe field is out of range, names something unknown, or contradicts another field.',
  },
  INVALID_TITLE: { description: 'The title is too long.' },
  INVALID_TAGS: { description: 'There are too many tags, or a tag is empty or too long.' },
  NETWORK_NOT_FOUND: { description: 'The network of the recipe is not installed on this server.' },
  NETWORK_INVALID: { description: 'The network of the recipe is installed, but its file is invalid.' },
  TOO_LARGE_FOR_MEMORY: {
    description:
      'The session needs more memory than is available. The message names the largest size that fits; `Estimate.largestSize` has the number.',
  },
  QUEUE_FULL: { description: 'The queue has the maximum number of sessions. Try again later.' },
  TOO_MANY_SESSIONS: {
    description: 'The owner has the maximum number of unfinished sessions. Cancel one, or wait until one ends.',
  },
  TOO_MANY_UPLOADS: {
    description: 'The server handles the maximum number of concurrent uploads. Try again in a moment.',
  },
  API_KEY_NOT_FOUND: { description: 'There is no API key with this id.' },
  NOT_CANCELLABLE: { description: 'The session has COMPLETED or FAILED.' },
  NOT_PAUSABLE: { description: 'The session has ended.' },
  NOT_RESUMABLE: { description: 'The session is not PAUSED.' },
  NOT_CONTINUABLE: { description: 'The session has not ended, has FAILED, or has no checkpoint.' },
  NO_RESULT: { description: 'The session has no result.' },
  NO_CHECKPOINT: { description: 'The session has no checkpoint, because it has made no step yet.' },
  CHECKPOINT_MISMATCH: { description: 'The checkpoint has another size or network than the new session.' },
  IDEMPOTENCY_CONFLICT: { description: 'The idempotency key was used with another input.' },
  INVALID_CURSOR: { description: 'The cursor is not a cursor of this server, or belongs to another order.' },
  INVALID_ARGUMENT: { description: 'An argument is out of range.' },
  NOT_AN_IMAGE: { description: 'The file is not an image of a supported format, or is damaged.' },
  TOO_LARGE: { description: 'The file has more bytes or pixels than this server accepts.' },
  TOO_SMALL: { description: 'The image is too small to be stylised.' },
};

export const UserErrorCodeEnum = Object.fromEntries(Object.keys(CODES).map((code) => [code, code])) as {
  [K in UserErrorCode]: K;
};
registerEnumType(UserErrorCodeEnum, {
  name: 'UserErrorCode',
  description:
    'Codes of user errors. Mutations return them in `errors`; queries and subscriptions, which have no payload, in `extensions.code`.',
  valuesConfig: CODES,
});

@ObjectType('UserError', { description: 'An error in the input, which the caller can correct.' })
export class UserErrorType implements Pick<UserError, 'code' | 'field' | 'message' | 'queuePosition'> {
  @Field(() => UserErrorCodeEnum, { description: 'Kind of the error. Codes are stable; messages are not.' })
  code!: UserErrorCode;

  @Field(() => String, {
    nullable: true,
    description: 'Path of the invalid input field, such as `styles.1.weight`; null if no single field is invalid.',
  })
  field?: string;

  @Field(() => String, { description: 'What is wrong and how to correct it, in English.' })
  message!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'With QUEUE_FULL: number of sessions in the queue; otherwise null.',
  })
  queuePosition?: number;
}

/** The field `errors` of a payload, which can have these codes. */
export function ErrorsField(...codes: readonly UserErrorCode[]): PropertyDecorator {
  const description = `User errors, empty on success. Possible codes: ${codes.join(', ')}.`;
  return Field(() => [UserErrorType], { description });
}
