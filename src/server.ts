import { createServer } from 'node:http';
import { openAccess } from './auth/index.js';
import type { Config } from './config.js';
import { createApp, createOriginGuard, listen } from './http/index.js';
import { createLogger } from './core/logger.js';
import { Metrics } from './metrics/metrics.js';
import { createServices } from './resolvers/context.js';
import { createGraphql, type GraphqlTransport } from './graphql/server.js';
import { ImageService } from './images/image-service.js';
import { createSessions } from './sessions/index.js';
import { ResultService } from './images/result-service.js';
import { TimelapseService } from './images/timelapse-service.js';
import { openStorage } from './storage/index.js';

export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /**
   * Shuts down in good order: /readyz says no; no session is taken up any more; the one that runs is checkpointed and goes
   * back into the queue; sockets are closed with 1001; answers under way are finished; the database is closed. Calling it
   * again waits for the first.
   */
  close(): Promise<void>;
}

/** The composition root: puts storage, sessions, GraphQL and HTTP together. */
export async function startServer(config: Config): Promise<RunningServer> {
  const logger = createLogger(config.logLevel);
  const metrics = config.metrics === 'on' ? new Metrics() : undefined;
  const storage = await openStorage({
    dataDir: config.dataDir,
    limits: { maxBytes: config.maxUploadBytes, maxPixels: config.maxPixels },
  });
  const sessions = createSessions({
    storage,
    threads: config.threads,
    backend: config.backend,
    networks: {
      weightsFile: config.weights,
      home: config.home,
      weightsUrl: config.weightsUrl,
      weightsSha256: config.weightsSha256,
    },
    queueLimit: config.maxQueue,
    memoryLimitBytes: config.memoryLimitBytes,
    calibrate: config.calibrate,
    ownerLimit: config.maxSessions,
    observer: metrics?.sessions,
    logger,
  });
  const images = new ImageService(storage, config.maxUploadBytes, config.maxUploads);
  const timelapses = new TimelapseService(storage);
  const guard = createOriginGuard(config.origins, config.auth === 'keys');
  const httpServer = createServer();
  let graphql: GraphqlTransport | undefined;
  let closing: Promise<void> | undefined;
  // Together they leave a fifth of the time for the rest.
  const shutdown = shares(config.shutdownSeconds * 1000, { checkpoint: 0.4, close: 0.15, drain: 0.25 });
  const closeAll = async () => {
    logger.info('shutting down');
    await sessions.stop(shutdown.checkpoint);
    logger.info('sessions stopped');
    // After the sessions, so that subscribers learn what became of them, and probes that the server takes no more.
    await graphql?.dispose();
    await storage.close();
    logger.info('shut down');
  };
  const close = () => (closing ??= closeAll());

  try {
    const access = await openAccess(config, storage.apiKeys, logger);
    graphql = await createGraphql({
      httpServer,
      services: createServices(sessions, { images, timelapses }, access),
      config,
      mayConnect: (request) => guard(request) === null,
      access,
      observe: (operation) => {
        metrics?.observeGraphql(operation);
        logger.debug(operation, 'operation');
      },
      closeMs: shutdown.close,
      drainMs: shutdown.drain,
      logger,
    });
    const app = createApp({
      config,
      guard,
      access,
      images,
      results: new ResultService(storage, images),
      timelapses,
      findPreview: (...asked) => sessions.service.findPreview(...asked),
      findObstacles: () =>
        Promise.resolve(closing ? ['The server is shutting down.'] : sessions.system.findObstacles()),
      metrics,
      graphql: graphql.router,
      logger,
    });
    httpServer.on('request', app);
    metrics?.read({
      countSessions: (status) => storage.sessions.count({ statuses: [status] }),
      imageBytes: () => storage.images.storedBytes(),
      progressSubscribers: () => sessions.hub.subscriberCount,
      feedSubscribers: () => sessions.feed.subscriberCount,
      skippedProgress: () => sessions.hub.skippedCount,
      sockets: () => graphql?.socketCount ?? 0,
    });
    await sessions.start();
    // Who asks for a backend wants that one or a clear word, now.
    if (config.backend !== 'auto') await sessions.engine.start();
    const url = await listen(httpServer, config.host, config.port);
    const networks = (await sessions.system.networks()).map(({ name, sha256 }) => ({ name, sha256 }));
    logger.info({ url, dataDir: config.dataDir, networks }, 'serving');
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Shares of a time. */
function shares<Name extends string>(total: number, parts: Record<Name, number>): Record<Name, number> {
  const entries = Object.entries<number>(parts).map(([name, share]) => [name, Math.round(share * total)]);
  return Object.fromEntries(entries) as Record<Name, number>;
}
