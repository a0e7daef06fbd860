import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { UserError } from '../core/errors.js';
import { StorageError, type StorageErrorCode } from '../storage/index.js';

/** Sent as JSON `{ error: { code, message, field } }`; at /graphql in the shape of GraphQL errors. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The invalid parameter, header or form field. */
    readonly field: string | null = null,
    /** Seconds until the client may retry. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

const STORAGE_STATUS: Partial<Record<StorageErrorCode, number>> = {
  NOT_AN_IMAGE: 415,
  TOO_LARGE: 413,
  TOO_SMALL: 422,
  FORMAT_TOO_SMALL: 422,
  BLOB_MISSING: 404,
  BLOB_DAMAGED: 404,
};

/** Sends errors as JSON. Server errors are logged, and the client receives a general message. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const { status, code, message, field, retryAfter } = toHttpError(thrown);
    // Connects the client's report with the log line, whose details clients must not see.
    const correlationId = status >= 500 ? randomUUID() : undefined;
    const { method, path } = request;
    if (correlationId) logger.error({ err: thrown, method, path, correlationId }, 'request failed');
    // The response has begun, or its client has disconnected: Express closes the connection.
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
  // Errors of Express and its middleware about the request have a 4xx status.
  const { status, message } = error as { status?: unknown; message?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new HttpError(status, 'BAD_REQUEST', String(message));
  }
  return new HttpError(
    500,
    'INTERNAL_SERVER_ERROR',
    'The server failed. Report the correlationId to its operator: the log line with this id has the reason.',
  );
}
