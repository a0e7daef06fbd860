/** What can go wrong in the storage layer; stable, so that callers may switch on it. */
export type StorageErrorCode =
  /** The bytes are no picture of a supported format, or are damaged. */
  | 'NOT_AN_IMAGE'
  /** More bytes or more pixels than allowed; the message names the limit. */
  | 'TOO_LARGE'
  /** A side is shorter than `MIN_SIDE`. */
  | 'TOO_SMALL'
  /** No blob under this key. */
  | 'BLOB_MISSING'
  /** Another process writes to the same data folder. */
  | 'DATA_IN_USE'
  /** There is a session with this idempotency key. */
  | 'KEY_TAKEN'
  /** The database's migrations and this program's do not fit together. */
  | 'MIGRATION_MISMATCH';

/** An error of the storage layer with a stable code. The message is written for the person who reads it in a client. */
export class StorageError extends Error {
  override readonly name = 'StorageError';

  constructor(
    readonly code: StorageErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
