import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { ImageService } from '../images/image-service.js';
import type { ResultService } from '../images/result-service.js';
import type { TimelapseService } from '../images/timelapse-service.js';
import { authenticate, type Access } from './authentication.js';
import { errorHandler, HttpError } from './errors.js';
import { healthRoutes, type FindObstacles } from './health-routes.js';
import { imageRoutes } from './image-routes.js';
import { guardOrigins, type OriginGuard } from './origin-guard.js';
import { pageRoutes } from './playground.js';
import { adminMetricsRoutes, localMetricsRoutes, type MetricsSource } from './metrics-routes.js';
import { previewRoutes, type FindPreview } from './preview-routes.js';
import { requestLog, type AnsweredRequest } from './request-log.js';
import { resultRoutes } from './result-routes.js';
import { studioRoutes } from './studio-routes.js';
import { timelapseRoutes } from './timelapse-routes.js';

export interface AppDependencies {
  readonly config: Pick<Config, 'origins' | 'maxUploadBytes'>;
  readonly guard: OriginGuard;
  readonly access: Access;
  readonly images: ImageService;
  readonly results: ResultService;
  readonly timelapses: TimelapseService;
  readonly findPreview: FindPreview;
  readonly findObstacles: FindObstacles;
  /** Serves /metrics and hears of every request; absent: neither. */
  readonly metrics?: (MetricsSource & { observeHttp(request: AnsweredRequest): void }) | undefined;
  readonly logger: Logger;
  /** GraphQL over HTTP, at its own path; runs behind the origin guard and the authentication. */
  readonly graphql: RequestHandler;
}

/** Builds the Express app: every route of the server, in the order in which a request passes them. */
export function createApp(dependencies: AppDependencies): Express {
  const { config, guard, access, images, results, timelapses, findPreview, findObstacles, metrics, logger, graphql } =
    dependencies;
  const app = express();
  // Where an answer has an ETag, its route knows a cheaper one than the hash of the body.
  app.set('etag', false);

  app.use(
    requestLog(logger, (request) => metrics?.observeHttp(request)),
    securityHeaders(config.origins),
  );
  // Before the guard: probes come with whatever name the machine has, and learn nothing.
  app.use(healthRoutes(findObstacles));
  app.use(guardOrigins(guard, config.origins));
  app.use(studioRoutes(), pageRoutes(access.authenticator.isRequired));
  if (metrics) app.use(localMetricsRoutes(metrics));
  app.use(authenticate(access));
  if (metrics) app.use(adminMetricsRoutes(metrics));
  app.use(imageRoutes(images, config.maxUploadBytes, access.urls), previewRoutes(findPreview), resultRoutes(results));
  app.use(timelapseRoutes(timelapses));
  app.use(graphql);
  app.use((request) => {
    throw new HttpError(404, 'NOT_FOUND', `There is nothing at ${request.method} ${request.path}.`);
  });
  app.use(errorHandler(logger));
  return app;
}

/** Starts listening and returns the base URL. Rejects where the port is taken or may not be used. */
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
    // For JSON and pictures, which need nothing; pages bring their own.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    // Pages of the configured origins may show the pictures; the origin guard does not see plain <img> requests.
    crossOriginResourcePolicy: { policy: origins.length > 0 ? 'cross-origin' : 'same-site' },
    // The server speaks plain HTTP; whatever puts TLS in front of it decides this.
    strictTransportSecurity: false,
  });
}
