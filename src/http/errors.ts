import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { UserError } from '../core/errors.js';
import { StorageError, type StorageErrorCode } from '../storage/index.js';

/** An error to be answered as JSON `{ error: { code, message, field } }`, at /graphql in the form of GraphQL's errors. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The parameter, header or form field that is to blame. */
    readonly field: string | null = null,
    /** Seconds after which it may be tried again. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

const STORAGE_STATUS: Partial<Record<StorageErrorCode, number>> = {
  NOT_AN_IMAGE: 415,
  TOO_LARGE: 413,
  TOO_SMALL: 422,
  BLOB_MISSING: 404,
};

/** Answers errors as JSON. What is not the caller's fault is logged and told in general terms only. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const { status, code, message, field, retryAfter } = toHttpError(thrown);
    // What the log has under this id, the client cannot be told.
    const correlationId = status >= 500 ? randomUUID() : undefined;
    const { method, path } = request;
    if (correlationId) logger.error({ err: thrown, method, path, correlationId }, 'request failed');
    // Half an answer, or nobody there to read it: Express ends the connection.
    if (response.headersSent || response.destroyed) return next(thrown);
    response.removeHeader('ETag');
    response.status(status).set('Cache-Control', 'no-store');
    if (status === 401) response.set('WWW-Authenticate', 'Bearer');
    if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
    const isGraphql = path === '/graphql';
    if (isGraphql) response.json({ errors: [{ message, extensions: { code, retryAfter, correlationId } }] });
    else response.json({ error: { code, message, field, retryAfter, correlationId } });
  };
}

function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof StorageError) {
    const status = STORAGE_STATUS[error.code];
    if (status) return new HttpError(status, error.code, error.message);
  }
  if (error instanceof UserError && error.code === 'TOO_MANY_UPLOADS') {
    return new HttpError(429, error.code, error.message, error.field, 1);
  }
  // Express and its middleware mark the caller's faults so.
  const { status, message } = error as { status?: unknown; message?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new HttpError(status, 'BAD_REQUEST', String(message));
  }
  return new HttpError(500, 'INTERNAL_SERVER_ERROR', 'Something went wrong on the server; its log says what.');
}
