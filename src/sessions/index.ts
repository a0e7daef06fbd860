import type { Logger } from 'pino';
import type { BackendChoice } from '../engine/choice/names.js';
import type { Storage } from '../storage/index.js';
import { EngineProcess } from './engine-process.js';
import { JobBuilder } from './job-builder.js';
import { PreviewFrames } from './preview-frame.js';
import { ProgressHub } from './progress-hub.js';
import { Runner } from './runner.js';
import { SessionCreator } from './session-creator.js';
import { SessionService } from './session-service.js';
import { SnapshotReader } from './snapshot.js';
import { SystemService } from './system-service.js';

export interface SessionsOptions {
  readonly storage: Storage;
  /** Threads of the engine process. */
  readonly threads: number;
  /** What it computes with. */
  readonly backend: BackendChoice;
  /** The file of `vgg19` (EASEL_WEIGHTS), where there is one. */
  readonly weightsFile?: string | undefined;
  /** Sessions that may wait at once. */
  readonly queueLimit: number;
  readonly logger: Logger;
}

/** The life of sessions, on the in-process queue. */
export interface Sessions {
  readonly service: SessionService;
  readonly system: SystemService;
  readonly hub: ProgressHub;
  readonly engine: EngineProcess;
  /** Recovers interrupted sessions and begins to work. */
  start(): Promise<void>;
  /** Stops working; a session that runs goes back into the queue. */
  stop(): Promise<void>;
}

export function createSessions({
  storage,
  threads,
  backend,
  weightsFile,
  queueLimit,
  logger,
}: SessionsOptions): Sessions {
  const frames = new PreviewFrames(storage.codec, storage.blobs);
  const snapshots = new SnapshotReader(storage.sessions, storage.images, frames);
  const hub = new ProgressHub((id) => snapshots.read(id));
  const engine = new EngineProcess({ threads, backend, logger });
  const jobs = new JobBuilder(storage, weightsFile);
  const runner = new Runner({ storage, hub, frames, jobs, engine, logger });
  const creator = new SessionCreator({ storage, weightsFile, queueLimit });
  return {
    service: new SessionService({ storage, creator, snapshots, hub, runner }),
    system: new SystemService(storage, engine, weightsFile),
    hub,
    engine,
    start: () => runner.start(),
    stop: () => runner.stop(),
  };
}
