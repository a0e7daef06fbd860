export type AuthErrorCode =
  /** No API key where one is needed, or one that does not hold (any more). */
  | 'UNAUTHENTICATED'
  /** A signed address whose time is over: ask the API for the address again. */
  | 'URL_EXPIRED'
  /** A signed address that this server did not sign like this. */
  | 'URL_FORGED'
  /** There is no API key with this id. */
  | 'API_KEY_NOT_FOUND'
  /** A field of a new API key is out of range. */
  | 'INVALID_ARGUMENT';

/** A caller who may not, or who asks for a key that cannot be; worded for the person who reads it in a client. */
export class AuthError<Code extends AuthErrorCode = AuthErrorCode> extends Error {
  override readonly name = 'AuthError';

  constructor(
    readonly code: Code,
    message: string,
    /** The input field at fault. */
    readonly field?: string,
  ) {
    super(message);
  }
}
