import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import cors from 'cors';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Access } from '../auth/index.js';
import type { Config } from '../config.js';
import type { HttpObservation } from '../core/observations.js';
import type { ImageService } from '../images/image-service.js';
import type { ResultService } from '../images/result-service.js';
import type { TimelapseService } from '../images/timelapse-service.js';
import { authenticate } from './authentication.js';
import { requireOrigin, type CheckOrigin } from './check-origin.js';
import { errorHandler, HttpError } from './errors.js';
import { imageRoutes, previewRoutes, resultRoutes, timelapseRoutes, type FindPreview } from './image-routes.js';
import {
  adminMetricsRoutes,
  healthRoutes,
  localMetricsRoutes,
  type FindObstacles,
  type MetricsSource,
} from './monitoring-routes.js';
import { playgroundRoutes } from './playground.js';
import { observeRequests, requestLog } from './request-log.js';
import { studioRoutes } from './studio-routes.js';

export interface AppDependencies {
  readonly config: Pick<Config, 'origins' | 'maxUploadBytes'>;
  readonly checkOrigin: CheckOrigin;
  readonly access: Access;
  readonly images: ImageService;
  readonly results: ResultService;
  readonly timelapses: TimelapseService;
  readonly findPreview: FindPreview;
  readonly findObstacles: FindObstacles;
  /** Serves /metrics and observes every request; absent: neither. */
  readonly metrics?: (MetricsSource & { observeHttp(request: HttpObservation): void }) | undefined;
  readonly logger: Logger;
  /** GraphQL over HTTP; mounts its own path. Runs after the origin check and the authentication. */
  readonly graphql: RequestHandler;
}

/** Builds the Express app: every route of the server, in the order in which a request passes them. */
export function createApp(dependencies: AppDependencies): Express {
  const { config, checkOrigin, access, images, results, timelapses, findPreview, findObstacles, metrics, logger } =
    dependencies;
  const app = express();
  // Routes set their own ETags, which are cheaper than a hash of the body.
  app.set('etag', false);

  app.use(requestLog(logger));
  if (metrics) app.use(observeRequests((request) => metrics.observeHttp(request)));
  app.use(securityHeaders(config.origins));
  // Before the origin check: probes use any host name, and the responses disclose nothing.
  app.use(healthRoutes(findObstacles));
  app.use(requireOrigin(checkOrigin), corsHeaders(config.origins));
  app.use(studioRoutes(), playgroundRoutes(access.authenticator.isRequired));
  if (metrics) app.use(localMetricsRoutes(metrics));
  app.use(authenticate(access));
  if (metrics) app.use(adminMetricsRoutes(metrics));
  app.use(imageRoutes(images, config.maxUploadBytes, access.urls), previewRoutes(findPreview), resultRoutes(results));
  app.use(timelapseRoutes(timelapses));
  app.use(dependencies.graphql);
  app.use((request) => {
    const message = `There is no route ${request.method} ${request.path}. The GraphQL API is at /graphql.`;
    throw new HttpError(404, 'NOT_FOUND', message);
  });
  app.use(errorHandler(logger));
  return app;
}

/** Starts listening and returns the base URL. Rejects if the port is in use or not permitted. */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
}

function securityHeaders(origins: readonly string[]): RequestHandler {
  return helmet({
    // For JSON and images, which load nothing. Pages set their own policy.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    // Pages of allowed origins can show images; browsers send no `Origin` with a plain <img> request.
    crossOriginResourcePolicy: { policy: origins.length > 0 ? 'cross-origin' : 'same-site' },
    // The server speaks plain HTTP; a TLS proxy in front of it sets this header.
    strictTransportSecurity: false,
  });
}

/** Lets pages of the allowed origins call the API, and answers their preflight requests. */
function corsHeaders(origins: readonly string[]): RequestHandler {
  return cors({
    origin: [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Apollo-Require-Preflight', 'X-Apollo-Operation-Name'],
    exposedHeaders: ['Location', 'Retry-After'],
    maxAge: 86_400,
  });
}
