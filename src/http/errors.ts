import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { StorageError, type StorageErrorCode } from '../storage/index.js';

/** An error to be answered as JSON `{ error: { code, message, field } }`. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The parameter, header or form field that is to blame. */
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

const STORAGE_STATUS: Partial<Record<StorageErrorCode, number>> = {
  NOT_A_PICTURE: 415,
  TOO_LARGE: 413,
  TOO_SMALL: 422,
  BLOB_MISSING: 404,
};

/** Answers errors as JSON. What is not the caller's fault is logged and told in general terms only. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = toHttpError(thrown);
    if (error.status >= 500)
      logger.error({ err: thrown, method: request.method, path: request.path }, 'request failed');
    // Half an answer, or nobody there to read it: Express ends the connection.
    if (response.headersSent || response.destroyed) return next(thrown);
    const { status, code, message, field } = error;
    response.removeHeader('ETag');
    response.status(status).set('Cache-Control', 'no-store').json({ error: { code, message, field } });
  };
}

function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof StorageError) {
    const status = STORAGE_STATUS[error.code];
    if (status) return new HttpError(status, error.code, error.message);
  }
  // Express and its middleware mark the caller's faults so.
  const { status, message } = error as { status?: unknown; message?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new HttpError(status, 'BAD_REQUEST', String(message));
  }
  return new HttpError(500, 'INTERNAL_SERVER_ERROR', 'Something went wrong on the server; its log says what.');
}
