/** Codes of user errors. Stable, so that clients may switch on them. */
export type UserErrorCode =
  /** There is no session with this id. */
  | 'SESSION_NOT_FOUND'
  /** There is no image with this id. */
  | 'IMAGE_NOT_FOUND'
  /** There is no preset with this name or id. */
  | 'PRESET_NOT_FOUND'
  /** A preset's name, title or description is invalid. */
  | 'INVALID_PRESET'
  /** A built-in preset, or another one of the same owner, has this name. */
  | 'PRESET_NAME_TAKEN'
  /** Built-in presets cannot be changed or deleted. */
  | 'PRESET_BUILT_IN'
  /** The owner has the maximum number of presets. */
  | 'TOO_MANY_PRESETS'
  /** Too few or too many styles, or a weight or scale out of range. */
  | 'INVALID_STYLES'
  /** A mask leaves nearly no pixels to stylise. */
  | 'INVALID_MASK'
  /** A recipe field is out of range, names something unknown, or contradicts another field. */
  | 'INVALID_RECIPE'
  /** The title is too long. */
  | 'INVALID_TITLE'
  /** Too many tags, or a tag that is empty or too long. */
  | 'INVALID_TAGS'
  /** The recipe's network is not installed on this server. */
  | 'NETWORK_NOT_FOUND'
  /** The recipe's network is installed, but its file is invalid. */
  | 'NETWORK_INVALID'
  /** The session needs more memory than is available. */
  | 'TOO_LARGE_FOR_MEMORY'
  /** The queue has the maximum number of sessions. */
  | 'QUEUE_FULL'
  /** The owner has the maximum number of unfinished sessions. */
  | 'TOO_MANY_SESSIONS'
  /** The server handles the maximum number of concurrent uploads. */
  | 'TOO_MANY_UPLOADS'
  /** There is no API key with this id. */
  | 'API_KEY_NOT_FOUND'
  /** The session has completed or failed. */
  | 'NOT_CANCELLABLE'
  /** The session has ended. */
  | 'NOT_PAUSABLE'
  /** The session is not PAUSED. */
  | 'NOT_RESUMABLE'
  /** The session has not ended, has FAILED, or has no checkpoint. */
  | 'NOT_CONTINUABLE'
  /** The session has no result. */
  | 'NO_RESULT'
  /** The session has no checkpoint. */
  | 'NO_CHECKPOINT'
  /** The checkpoint has another size or network than the new session. */
  | 'CHECKPOINT_MISMATCH'
  /** The idempotency key was used with another input. */
  | 'IDEMPOTENCY_CONFLICT'
  /** The cursor is invalid, or belongs to another order. */
  | 'INVALID_CURSOR'
  /** An argument is out of range. */
  | 'INVALID_ARGUMENT'
  /** The file is not an image of a supported format, or is damaged. */
  | 'NOT_AN_IMAGE'
  /** The file has more bytes or pixels than this server accepts. */
  | 'TOO_LARGE'
  /** The image is too small to be stylised. */
  | 'TOO_SMALL';

/** An error that the caller can correct. The message names the field, the limit and what to do. */
export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(
    readonly code: UserErrorCode,
    message: string,
    /** Path of the input field, such as `styles.1.weight`. */
    readonly field?: string,
    /** With QUEUE_FULL: the number of queued sessions. */
    readonly queuePosition?: number,
  ) {
    super(message);
  }
}

/** All user errors of one input. */
export class UserErrors extends Error {
  override readonly name = 'UserErrors';

  constructor(readonly errors: readonly UserError[]) {
    super(errors.map(({ message }) => message).join(' '));
  }
}

/** Throws `UserError` INVALID_ARGUMENT if the argument is out of range. */
export function checkRange(argument: string, value: number, min: number, max: number): void {
  if (value >= min && value <= max) return;
  const message = `\`${argument}\` is ${value}; it must be ${min} to ${max}. Choose a value in this range.`;
  throw new UserError('INVALID_ARGUMENT', message, argument);
}

/** Also for a session of another owner: its existence is not disclosed. */
export function sessionNotFound(id: string): UserError {
  return new UserError('SESSION_NOT_FOUND', `There is no session ${id}. List your sessions to find its id.`, 'id');
}
