import { Router, type Request } from 'express';
import { HttpError } from './errors.js';

export interface MetricsSource {
  readonly contentType: string;
  text(): Promise<string>;
}

/** Whether the request comes from an admin. */
export type IsAdmin = (request: Request) => boolean | Promise<boolean>;

/**
 * `GET /metrics`, for Prometheus. Here, and only here, it is decided who may read it: admins, and whoever asks from this very
 * machine without a proxy between (which says so in its headers).
 */
export function metricsRoutes(metrics: MetricsSource, isAdmin: IsAdmin): Router {
  const router = Router();
  router.get('/metrics', async (request, response) => {
    if (!isLocal(request) && !(await isAdmin(request))) {
      throw new HttpError(
        403,
        'FORBIDDEN',
        'The metrics are for admins, and for programs on the server’s own machine.',
      );
    }
    const text = await metrics.text();
    response.set({ 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).end(text);
  });
  return router;
}

function isLocal({ socket, headers }: Request): boolean {
  const isForwarded = Object.keys(headers).some((name) => name === 'forwarded' || name.startsWith('x-forwarded-'));
  return !isForwarded && /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '');
}
