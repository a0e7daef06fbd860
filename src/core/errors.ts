/** What a caller can do wrong; stable, so that clients may switch on it. */
export type UserErrorCode =
  /** There is no session with this id. */
  | 'SESSION_NOT_FOUND'
  /** There is no picture with this id. */
  | 'IMAGE_NOT_FOUND'
  /** There is no preset of this name or id. */
  | 'PRESET_NOT_FOUND'
  /** A preset's name, title or description is not as it has to be. */
  | 'INVALID_PRESET'
  /** There is a preset of this name, built in or of the same owner. */
  | 'PRESET_NAME_TAKEN'
  /** Built-in presets can be neither changed nor deleted. */
  | 'PRESET_BUILT_IN'
  /** The owner has as many presets as one owner may have. */
  | 'TOO_MANY_PRESETS'
  /** Too few or too many styles, or a weight that is no positive number. */
  | 'INVALID_STYLES'
  /** A mask leaves next to nothing to paint. */
  | 'INVALID_MASK'
  /** A recipe field is out of range, names something that does not exist, or contradicts another. */
  | 'INVALID_RECIPE'
  /** The title is too long. */
  | 'INVALID_TITLE'
  /** Too many tags, or one that is empty or too long. */
  | 'INVALID_TAGS'
  /** The recipe's network is not at hand on this server. */
  | 'NETWORK_NOT_FOUND'
  /** The recipe's network is at hand, but its file cannot be used. */
  | 'NETWORK_INVALID'
  /** A session would need more memory than there is. */
  | 'TOO_LARGE_FOR_MEMORY'
  /** As many sessions wait as the server lets wait. Try again later. */
  | 'QUEUE_FULL'
  /** The owner has as many unfinished sessions as one owner may have. Finish, cancel or wait. */
  | 'TOO_MANY_SESSIONS'
  /** As many pictures are being uploaded as the server takes at a time. Try again in a moment. */
  | 'TOO_MANY_UPLOADS'
  /** There is no API key with this id. */
  | 'API_KEY_NOT_FOUND'
  /** The session has completed or failed. */
  | 'NOT_CANCELLABLE'
  /** The session has ended. */
  | 'NOT_PAUSABLE'
  /** The session is not PAUSED. */
  | 'NOT_RESUMABLE'
  /** The session has not ended, has FAILED, or no state of it is kept. */
  | 'NOT_CONTINUABLE'
  /** The session has no result. */
  | 'NO_RESULT'
  /** No state of the session's run is kept. */
  | 'NO_CHECKPOINT'
  /** The kept state is of another size or network than the new session. */
  | 'CHECKPOINT_MISMATCH'
  /** The idempotency key was used before, with another input. */
  | 'IDEMPOTENCY_CONFLICT'
  /** The cursor is none that this server gave out, or belongs to another order. */
  | 'INVALID_CURSOR'
  /** An argument is out of range. */
  | 'INVALID_ARGUMENT'
  /** The file is no picture of a supported format, or is damaged. */
  | 'NOT_AN_IMAGE'
  /** The file has more bytes or pixels than this server accepts. */
  | 'TOO_LARGE'
  /** The picture is too small to be worked on. */
  | 'TOO_SMALL';

/** A mistake of the caller's, worded for the person who reads it in a client. */
export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(
    readonly code: UserErrorCode,
    message: string,
    /** The input field at fault as a path, such as `styles.1.weight`. */
    readonly field?: string,
    /** With QUEUE_FULL: how many sessions would have waited before the refused one. */
    readonly queuePosition?: number,
  ) {
    super(message);
  }
}

/** Several mistakes in one input. */
export class UserErrors extends Error {
  override readonly name = 'UserErrors';

  constructor(readonly errors: readonly UserError[]) {
    super(errors.map(({ message }) => message).join(' '));
  }
}

/** Throws INVALID_ARGUMENT where an argument lies outside of its range. */
export function checkRange(argument: string, value: number, min: number, max: number): void {
  if (value >= min && value <= max) return;
  throw new UserError('INVALID_ARGUMENT', `${argument} is ${value}; it must lie between ${min} and ${max}.`, argument);
}

/** Nobody learns of a session that is not theirs: it does not exist. */
export function sessionNotFound(id: string): UserError {
  return new UserError('SESSION_NOT_FOUND', `There is no session ${id}.`, 'id');
}
