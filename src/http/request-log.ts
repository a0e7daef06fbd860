import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import type { HttpObservation } from '../core/observations.js';
import { requestIdFrom, withLogFields } from '../core/log.js';

/**
 * Gives each request an id: the client's own `X-Request-Id`, or a new one. The response and every log line of the request
 * carry it. Logs the answered request at level debug, without its query, which can contain a signature.
 */
export function requestLog(logger: Logger): RequestHandler {
  const describe = (
    request: IncomingMessage,
    { statusCode }: ServerResponse,
    { responseTime }: { responseTime: number },
  ) => ({
    requestId: request.id,
    method: request.method,
    path: (request as Request).originalUrl.split('?')[0],
    status: statusCode,
    ms: responseTime,
  });
  const log = pinoHttp({
    logger,
    useLevel: 'debug',
    genReqId(request, response) {
      const id = requestIdFrom(request.headers['x-request-id']);
      response.setHeader('X-Request-Id', id);
      return id;
    },
    // `describe` has every field to be logged; headers are not among them.
    serializers: { req: () => undefined },
    customSuccessObject: describe,
    customErrorObject: (request, response, _error, fields) => describe(request, response, fields),
    customSuccessMessage: () => 'request',
    customErrorMessage: () => 'request',
  });
  return (request, response, next) => {
    log(request, response);
    withLogFields({ requestId: String(request.id) }, next);
  };
}

/** Reports every request to `observe` when it is answered or its client has disconnected. */
export function observeRequests(observe: (request: HttpObservation) => void): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    response.once('close', () => {
      const seconds = (performance.now() - start) / 1000;
      observe({ method: request.method, route: routeOf(request), status: response.statusCode, seconds });
    });
    next();
  };
}

function routeOf({ route, baseUrl }: Request): string {
  // Mounted middleware (GraphQL, assets) has a base URL and no route. Neither contains the client's text.
  const pattern: unknown = (route as { path?: unknown } | undefined)?.path;
  return typeof pattern === 'string' ? baseUrl + pattern : baseUrl.toLowerCase() || 'other';
}
