import { Router, type Request, type RequestHandler } from 'express';
import { principalOf } from '../auth/principal.js';
import { HttpError } from './errors.js';

export interface MetricsSource {
  readonly contentType: string;
  text(): Promise<string>;
}

/**
 * `GET /metrics` for programs on this very machine, such as its Prometheus, which need no key. Not for those who come through
 * a proxy, which says so in its headers. Others are passed on. To stand before the authentication.
 */
export function localMetricsRoutes(metrics: MetricsSource): Router {
  return Router().get('/metrics', async (request, response, next) => {
    if (isLocal(request)) await send(metrics)(request, response, next);
    else next();
  });
}

/** `GET /metrics` for admins; 403 for everybody else. To stand behind the authentication. */
export function adminMetricsRoutes(metrics: MetricsSource): Router {
  return Router().get('/metrics', async (request, response, next) => {
    if (!principalOf(request).isAdmin) throw new HttpError(403, 'FORBIDDEN', 'The metrics are for admins.');
    await send(metrics)(request, response, next);
  });
}

function send(metrics: MetricsSource): RequestHandler {
  return async (_request, response) => {
    const text = await metrics.text();
    response.set({ 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).end(text);
  };
}

function isLocal({ socket, headers }: Request): boolean {
  const isForwarded = Object.keys(headers).some((name) => name === 'forwarded' || name.startsWith('x-forwarded-'));
  return !isForwarded && /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '');
}
