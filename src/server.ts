import { openAccess } from './access.js';
import type { Config } from './config.js';
import { createHttpServer, createOriginGuard, listen } from './http/index.js';
import { createLogger } from './logger.js';
import { mountGraphql } from './resolvers/graphql-server.js';
import { ImageService } from './sessions/image-service.js';
import { createSessions } from './sessions/index.js';
import { ResultService } from './sessions/result-service.js';
import { TimelapseService } from './sessions/timelapse-service.js';
import { openStorage } from './storage/index.js';

export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Shuts down in good order: a session that runs goes back into the queue. Calling it again waits for the first. */
  close(): Promise<void>;
}

/** The composition root: puts storage, sessions, GraphQL and HTTP together. */
export async function startServer(config: Config): Promise<RunningServer> {
  const logger = createLogger(config.logLevel);
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
    logger,
  });
  const images = new ImageService(storage, config.maxUploadBytes, config.maxUploads);
  const timelapses = new TimelapseService(storage);
  const guard = createOriginGuard(config.origins, config.auth === 'keys');
  const ends: (() => void | Promise<void>)[] = [() => storage.close(), () => sessions.stop()];
  let closing: Promise<void> | undefined;
  /** In reverse: what was begun last ends first. */
  const close = () => (closing ??= endAll(ends));

  try {
    const access = await openAccess(config, storage.apiKeys, logger);
    const server = await createHttpServer({
      config,
      guard,
      access,
      images,
      results: new ResultService(storage, images),
      timelapses,
      findPreview: (...asked) => sessions.service.findPreview(...asked),
      findObstacles: () =>
        Promise.resolve(closing ? ['The server is shutting down.'] : sessions.system.findObstacles()),
      logger,
      mountGraphql: async (app, httpServer) => {
        const { apiKeys, urls } = access;
        const { service, history, lifecycle, system } = sessions;
        const services = { sessions: service, history, timelapses, lifecycle, system, images, apiKeys, urls };
        const mayConnect = (request: Parameters<typeof guard>[0]) => guard(request) === null;
        const graphql = await mountGraphql({ app, httpServer, services, config, mayConnect, access, logger });
        ends.push(() => graphql.dispose());
      },
    });
    await sessions.start();
    // Who asks for a backend wants that one or a clear word, now.
    if (config.backend !== 'auto') await sessions.engine.start();
    const url = await listen(server, config.host, config.port);
    const networks = (await sessions.system.networks()).map(({ name, sha256 }) => ({ name, sha256 }));
    logger.info({ url, dataDir: config.dataDir, networks }, 'serving');
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function endAll(ends: (() => void | Promise<void>)[]): Promise<void> {
  for (const end of ends.toReversed()) await end();
}
