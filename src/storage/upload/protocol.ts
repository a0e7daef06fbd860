/** What the upload decoder's process answers. The parent sends an upload's bytes, one at a time. */
import type { StorageErrorCode } from '../errors.js';
import type { CheckedImage } from './check-upload.js';

export type DecoderAnswer =
  | { readonly image: CheckedImage }
  /** `code` is null for an error that is the server's. */
  | { readonly error: { readonly code: StorageErrorCode | null; readonly message: string } };

/** The process's exit code after it passed its memory limit. */
export const MEMORY_EXIT_CODE = 77;
