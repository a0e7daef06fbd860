import type { Logger } from 'pino';
import type { NetworkPlaces } from '../engine/install/locate.js';
import type { BackendChoice } from '../engine/selection/names.js';
import type { Storage } from '../storage/index.js';
import { Admission } from './admission.js';
import { Calibrator } from '../estimates/calibrator.js';
import { EngineProcess } from '../engine/worker/host.js';
import { Estimator } from '../estimates/estimator.js';
import { HistoryService } from './history-service.js';
import { Idempotency } from './idempotency.js';
import { JobBuilder } from '../runs/job-builder.js';
import { createLifecycle, type Lifecycle } from './lifecycle.js';
import { NetworkInstaller } from '../engine/install/host.js';
import { Networks } from '../engine/install/networks.js';
import { ImageSweeper } from '../images/image-sweeper.js';
import { PresetService } from '../presets/preset-service.js';
import { PreviewFrames } from '../progress/preview-frame.js';
import { ProgressHub } from '../progress/hub.js';
import { QueueService } from './queue-service.js';
import { Runner } from '../runs/runner.js';
import { readSampleImages } from '../images/sample-images.js';
import { SessionCreator } from './session-creator.js';
import { SessionFeed } from '../progress/feed.js';
import { SessionObservers, type SessionObserver } from '../progress/observer.js';
import { SessionService } from './session-service.js';
import { SnapshotReader } from '../progress/snapshot.js';
import { StorageCleaner } from '../images/storage-cleaner.js';
import { SystemService } from './system-service.js';

export interface SessionsOptions {
  readonly storage: Storage;
  /** Threads of the engine process. */
  readonly threads: number;
  /** What it computes with. */
  readonly backend: BackendChoice;
  /** Where networks beside the embedded ones are, and the SHA-256 that a download must have. */
  readonly networks: NetworkPlaces & { readonly weightsSha256?: string | undefined };
  /** Sessions that may wait at once. */
  readonly queueLimit: number;
  /** Most bytes that the engine process may take; what the machine can give unless given. */
  readonly memoryLimitBytes?: number | undefined;
  /** Whether this machine's speed is measured when there is nothing else to do, and kept in `networks.home`. */
  readonly calibrate?: boolean;
  /** Unfinished sessions that one owner may have at once. */
  readonly ownerLimit: number;
  /** Work between two checkpoints, milliseconds; 5000 unless given. */
  readonly checkpointMs?: number;
  /** Told of everything that happens to sessions, beside those who subscribe. */
  readonly observer?: SessionObserver;
  /** How long pictures that nobody uses stay after they came in, milliseconds; a day unless given. */
  readonly imageGraceMs?: number;
  readonly logger: Logger;
}

/** The life of sessions, on the in-process queue. */
export interface Sessions {
  readonly service: SessionService;
  readonly history: HistoryService;
  readonly lifecycle: Lifecycle;
  readonly sweeper: ImageSweeper;
  readonly presets: PresetService;
  readonly cleaner: StorageCleaner;
  readonly system: SystemService;
  readonly queue: QueueService;
  readonly hub: ProgressHub;
  readonly feed: SessionFeed;
  readonly engine: EngineProcess;
  /** Recovers interrupted sessions and begins to work. */
  start(): Promise<void>;
  /** Stops working; a session that runs goes back into the queue, with a checkpoint where that takes no longer than this. */
  stop(lastCheckpointMs?: number): Promise<void>;
}

export function createSessions(options: SessionsOptions): Sessions {
  const { storage, threads, backend, networks: places, checkpointMs, imageGraceMs, observer, logger } = options;
  const pictures = () => readSampleImages(storage.codec);
  const installer = new NetworkInstaller({ threads, sha256: places.weightsSha256, pictures, logger });
  const networks = new Networks(places, installer);
  const frames = new PreviewFrames(storage.codec, storage.blobs);
  const snapshots = new SnapshotReader(storage.sessions, storage.images, frames);
  const feed = new SessionFeed();
  const observers = new SessionObservers(observer ? [feed, observer] : [feed]);
  const hub = new ProgressHub((id) => snapshots.read(id), undefined, observers);
  const engine = new EngineProcess({ threads, backend, logger });
  const jobs = new JobBuilder(storage, networks);
  const calibrator = new Calibrator({ engine, home: options.calibrate ? places.home : undefined, logger });
  const estimator = new Estimator({ engine, calibrator, memoryLimitBytes: options.memoryLimitBytes });
  const runner = new Runner({ storage, hub, frames, jobs, engine, idleWork: calibrator, checkpointMs, logger });
  const admission = new Admission(storage.sessions, options);
  const presets = new PresetService(storage.presets);
  const creator = new SessionCreator({ storage, networks, presets, estimator, admission, observer: observers });
  const idempotency = new Idempotency(storage.sessions);
  const service = new SessionService({ storage, creator, idempotency, snapshots, hub, runner, feed });
  const cleaner = new StorageCleaner(storage, imageGraceMs);
  const sweeper = new ImageSweeper(storage.pictures, cleaner, logger);
  const queue = new QueueService(storage, runner, hub);
  return {
    service,
    history: new HistoryService({ storage, hub }),
    lifecycle: createLifecycle({
      storage,
      sessions: service,
      creator,
      idempotency,
      hub,
      runner,
      sweeper,
      admission,
    }),
    sweeper,
    presets,
    cleaner,
    system: new SystemService(storage, engine, networks),
    queue,
    hub,
    feed,
    engine,
    start: async () => {
      await queue.restore();
      await runner.start();
      sweeper.start();
    },
    stop: async (lastCheckpointMs) => {
      const stopped = runner.stop(lastCheckpointMs);
      // After the runner knows that it stops: a session whose network was on its way is queued again.
      installer.close();
      await Promise.all([stopped, sweeper.stop()]);
    },
  };
}
