import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { createApplication, type Application } from './application.js';
import { openAuth } from './auth/index.js';
import type { Config } from './config.js';
import { createLogger } from './core/log.js';
import { parseRecipe, type Engine } from './engine/index.js';
import { createGraphql } from './graphql/server.js';
import { createApp, createCheckOrigin, listen } from './http/index.js';
import { Metrics } from './metrics/metrics.js';
import { openStorage, type Storage } from './storage/index.js';

export interface RunningServer {
  /** Base URL, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /**
   * Shuts down in order: /readyz fails; claiming stops; the running session is checkpointed and requeued; sockets are
   * closed with 1001; pending responses are finished; the database is closed. A second call waits for the first.
   */
  close(): Promise<void>;
}

/**
 * The composition root: puts storage, the application, GraphQL and HTTP together, and starts them.
 * @param engine runs the sessions; default: a child process
 */
export async function startServer(config: Config, { engine }: { engine?: Engine } = {}): Promise<RunningServer> {
  const logger = createLogger(config.logLevel);
  const metrics = config.metrics === 'on' ? new Metrics() : undefined;
  const limits = { maxBytes: config.maxUploadBytes, maxPixels: config.maxPixels };
  const storage = await openStorage({ dataDir: config.dataDir, limits, parseRecipe });
  const { weights: weightsFile, cacheDir, weightsUrl, weightsSha256 } = config;
  const networks = { weightsFile, cacheDir, weightsUrl, weightsSha256 };
  const application = createApplication({ ...config, storage, engine, networks, observer: metrics?.sessions, logger });

  let transports: Transports | undefined;
  const shutDown = async () => {
    logger.info('shutting down');
    await application.stop(0.4 * config.shutdownSeconds * 1000);
    logger.info('sessions stopped');
    // After the sessions, so that subscribers receive their last status and probes see that the server is not ready.
    await transports?.dispose();
    await storage.close();
    logger.info('shut down');
  };
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= shutDown());

  try {
    const isClosing = () => closing !== undefined;
    transports = await createTransports({ config, storage, application, metrics, isClosing, logger });
    await application.start();
    // A backend that was selected by name starts now or fails now.
    if (config.backend !== 'auto') await application.engine.start();
    const url = await listen(transports.httpServer, config.host, config.port);
    const installed = (await application.system.networks()).map(({ name, sha256 }) => ({ name, sha256 }));
    logger.info({ url, dataDir: config.dataDir, networks: installed }, 'serving');
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export interface TransportDependencies {
  readonly config: Config;
  readonly storage: Storage;
  readonly application: Application;
  readonly metrics?: Metrics | undefined;
  /** Whether the server is shutting down; /readyz then fails. */
  readonly isClosing?: () => boolean;
  readonly logger: Logger;
}

export interface Transports {
  /** Does not listen yet. */
  readonly httpServer: Server;
  /** Closes sockets with 1001, finishes pending responses and closes the HTTP server. */
  dispose(): Promise<void>;
}

/** Puts HTTP and GraphQL over an application. */
export async function createTransports(dependencies: TransportDependencies): Promise<Transports> {
  const { config, storage, application, metrics, isClosing = () => false, logger } = dependencies;
  const httpServer = createServer();
  const access = await openAuth(config, storage.apiKeys, logger);
  const checkOrigin = createCheckOrigin(config.origins, config.auth === 'keys');
  const graphql = await createGraphql({
    httpServer,
    services: { ...application, apiKeys: access.apiKeys, urls: access.urls },
    config,
    mayConnect: (request) => checkOrigin(request) === null,
    access,
    observe: (operation) => {
      metrics?.observeGraphql(operation);
      logger.debug(operation, 'operation');
    },
    // The sessions have two fifths of the time, and closing the database the last fifth.
    closeMs: 0.15 * config.shutdownSeconds * 1000,
    drainMs: 0.25 * config.shutdownSeconds * 1000,
    logger,
  });
  const app = createApp({
    config,
    checkOrigin,
    access,
    images: application.images,
    results: application.results,
    timelapses: application.timelapses,
    findPreview: (...request) => application.sessions.findPreview(...request),
    findObstacles: () =>
      Promise.resolve(isClosing() ? ['The server is shutting down.'] : application.system.findObstacles()),
    metrics,
    graphql: graphql.router,
    logger,
  });
  httpServer.on('request', app);
  metrics?.read({ storage, hub: application.hub, feed: application.feed, sockets: graphql });
  return { httpServer, dispose: () => graphql.dispose() };
}
