import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { requestIdFrom, withLogFields } from '../core/log.js';

/** A request that was answered, or left by its client. */
export interface AnsweredRequest {
  readonly method: string;
  /** The route's pattern, such as `/images/:id`; `other` where there was none. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/**
 * Gives each request an id (the client's own `X-Request-Id`, or a new one), which the answer and all its lines in the log
 * carry, and tells how long it took. Of the address only the path is logged: a query may hold a signature.
 */
export function requestLog(logger: Logger, observe: (request: AnsweredRequest) => void): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    const requestId = requestIdFrom(request.headers['x-request-id']);
    response.set('X-Request-Id', requestId);
    withLogFields({ requestId }, () => {
      const { method, path } = request;
      response.once('close', () => {
        const ms = performance.now() - start;
        const { statusCode: status } = response;
        observe({ method, route: routeOf(request), status, seconds: ms / 1000 });
        logger.debug({ requestId, method, path, status, ms: Math.round(ms) }, 'request');
      });
      next();
    });
  };
}

function routeOf({ route, baseUrl }: Request): string {
  // A middleware that is mounted (GraphQL) has a base and no route; both are the server's own words.
  const pattern: unknown = (route as { path?: unknown } | undefined)?.path;
  return typeof pattern === 'string' ? baseUrl + pattern : baseUrl.toLowerCase() || 'other';
}
