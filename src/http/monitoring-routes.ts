import { Router, type Request, type RequestHandler } from 'express';
import { viewerOf } from '../auth/authenticator.js';
import { HttpError } from './errors.js';

/** Reasons why the server accepts no work now, as sentences; empty if it does. */
export type FindObstacles = () => Promise<readonly string[]>;

/** `GET /livez`: 200 while the process responds. `GET /readyz`: 200 if the server accepts work, else 503 with the reasons. */
export function healthRoutes(findObstacles: FindObstacles): Router {
  const router = Router();
  router.use(['/livez', '/readyz'], (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  router.get('/livez', (_request, response) => {
    response.json({ status: 'alive' });
  });
  router.get('/readyz', async (_request, response) => {
    const obstacles = await findObstacles();
    if (obstacles.length === 0) response.json({ status: 'ready' });
    else response.status(503).json({ status: 'not ready', obstacles });
  });
  return router;
}

export interface MetricsSource {
  readonly contentType: string;
  text(): Promise<string>;
}

/**
 * `GET /metrics` without a key for programs on the same machine, such as Prometheus. Requests through a proxy, which adds
 * `Forwarded` headers, are passed on. Mount it before the authentication.
 */
export function localMetricsRoutes(metrics: MetricsSource): Router {
  return Router().get('/metrics', async (request, response, next) => {
    if (isLocal(request)) await sendMetrics(metrics)(request, response, next);
    else next();
  });
}

/** `GET /metrics` for admins; 403 for other viewers. Mount it after the authentication. */
export function adminMetricsRoutes(metrics: MetricsSource): Router {
  return Router().get('/metrics', async (request, response, next) => {
    if (!viewerOf(request).isAdmin) {
      throw new HttpError(403, 'FORBIDDEN', 'Only admins can read the metrics. Send the API key of an admin.');
    }
    await sendMetrics(metrics)(request, response, next);
  });
}

function sendMetrics(metrics: MetricsSource): RequestHandler {
  return async (_request, response) => {
    const text = await metrics.text();
    response.set({ 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).end(text);
  };
}

function isLocal({ socket, headers }: Request): boolean {
  const isForwarded = Object.keys(headers).some((name) => name === 'forwarded' || name.startsWith('x-forwarded-'));
  return !isForwarded && /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '');
}
