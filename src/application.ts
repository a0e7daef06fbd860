import type { Logger } from 'pino';
import type { Config } from './config.js';
import { LocalSignals } from './core/signals.js';
import { EngineProcess, NetworkInstaller, Networks, type Engine, type NetworkPlaces } from './engine/index.js';
import { Calibrator } from './estimates/calibrator.js';
import { Estimator } from './estimates/estimator.js';
import { GarbageCollector } from './images/garbage-collector.js';
import { ImageService } from './images/image-service.js';
import { ResultService } from './images/result-service.js';
import { readSampleImages } from './images/sample-images.js';
import { TimelapseService } from './images/timelapse-service.js';
import { PresetService } from './presets/preset-service.js';
import { SessionFeed } from './progress/feed.js';
import { ProgressHub } from './progress/hub.js';
import { SessionObservers, type SessionObserver } from './progress/observer.js';
import { PreviewFrames } from './progress/preview-frame.js';
import { ProgressReader } from './progress/progress.js';
import { createWorker } from './runs/index.js';
import { createSessions, type Sessions } from './sessions/index.js';
import type { Storage } from './storage/index.js';

export interface ApplicationOptions extends Pick<
  Config,
  | 'threads'
  | 'backend'
  | 'maxQueue'
  | 'maxSessions'
  | 'maxUploadBytes'
  | 'maxUploads'
  | 'memoryLimitBytes'
  | 'calibrate'
> {
  readonly storage: Storage;
  /** Runs the sessions; default: a child process. */
  readonly engine?: Engine | undefined;
  /** Where the networks are that are not embedded, and the SHA-256 that a download must have. */
  readonly networks: NetworkPlaces & { readonly weightsSha256?: string | undefined };
  /** Receives every event of every session. */
  readonly observer?: SessionObserver | undefined;
  /** Time between two checkpoints, milliseconds; default 5000. */
  readonly checkpointMs?: number | undefined;
  /** How long unused images are kept after their last upload, milliseconds; default: one day. */
  readonly imageGraceMs?: number | undefined;
  readonly logger: Logger;
}

/** Every service of one process, without its transports (HTTP, GraphQL). */
export interface Application extends Sessions {
  readonly images: ImageService;
  readonly results: ResultService;
  readonly timelapses: TimelapseService;
  readonly presets: PresetService;
  readonly garbage: GarbageCollector;
  readonly hub: ProgressHub;
  readonly feed: SessionFeed;
  readonly engine: Engine;
  /** Recovers interrupted sessions, then claims sessions. */
  start(): Promise<void>;
  /** Stops claiming. The running session is requeued, with a new checkpoint if that takes no longer than `lastCheckpointMs`. */
  stop(lastCheckpointMs?: number): Promise<void>;
}

/** Puts the services together: the API (sessions/) and a worker (runs/) in one process. */
export function createApplication(options: ApplicationOptions): Application {
  const { storage, threads, backend, observer, checkpointMs, logger } = options;
  const signals = new LocalSignals();

  const engine = options.engine ?? new EngineProcess({ threads, backend, logger });
  const { weightsSha256: sha256, ...places } = options.networks;
  const samples = () => readSampleImages(storage.codec);
  const installer = new NetworkInstaller({ threads, sha256, images: samples, logger });
  const networks = new Networks(places, installer);
  const calibrator = new Calibrator({ engine, cacheDir: options.calibrate ? places.cacheDir : undefined, logger });
  const estimator = new Estimator({ engine, calibrator, memoryLimitBytes: options.memoryLimitBytes });

  const images = new ImageService(storage, options.maxUploadBytes, options.maxUploads);
  const results = new ResultService(storage, images);
  const timelapses = new TimelapseService(storage);
  const garbage = new GarbageCollector(storage, logger, options.imageGraceMs);
  const presets = new PresetService(storage.presets);

  const frames = new PreviewFrames(storage.codec, storage.blobs);
  const reader = new ProgressReader(storage, frames);
  const feed = new SessionFeed();
  const observers = new SessionObservers(observer ? [feed, observer] : [feed]);
  const hub = new ProgressHub((id) => reader.read(id), observers);

  const sessions = createSessions({
    storage,
    networks,
    presets,
    estimator,
    hub,
    feed,
    reader,
    garbage,
    observer: observers,
    signals,
    engine,
    limits: { queueLimit: options.maxQueue, ownerLimit: options.maxSessions },
  });
  const worker = createWorker({
    storage,
    networks,
    hub,
    frames,
    signals,
    engine,
    idleWork: calibrator,
    checkpointMs,
    logger,
  });

  return {
    ...sessions,
    images,
    results,
    timelapses,
    presets,
    garbage,
    hub,
    feed,
    engine,
    async start() {
      await worker.start();
      garbage.start();
    },
    async stop(lastCheckpointMs) {
      const stopped = worker.stop(lastCheckpointMs);
      // After the worker has begun to stop: a session that waits for its network is requeued.
      installer.close();
      await Promise.all([stopped, garbage.stop()]);
    },
  };
}
