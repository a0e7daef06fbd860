/** Stable codes of storage errors; callers may switch on them. */
export type StorageErrorCode =
  /** An upload is not an image of a supported format, or is damaged. */
  | 'NOT_AN_IMAGE'
  /** An upload has more bytes, pixels or parts than allowed; the message names the limit. */
  | 'TOO_LARGE'
  /** A side of an upload is shorter than `MIN_SIDE`. */
  | 'TOO_SMALL'
  /** The requested format cannot hold an image of these sides. */
  | 'FORMAT_TOO_SMALL'
  /** The bytes of an image are gone. */
  | 'BLOB_MISSING'
  /** The bytes of an image are not those that were stored. */
  | 'BLOB_DAMAGED'
  /** Another process uses the data folder. */
  | 'DATA_IN_USE'
  /** A session with this idempotency key exists. */
  | 'KEY_TAKEN'
  /** The database's migrations do not match this program's. */
  | 'MIGRATION_MISMATCH';

/** An error of the storage layer. The message is written for the person who reads it in a client, or at start. */
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
