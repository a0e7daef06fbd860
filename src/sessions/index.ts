import type { Logger } from 'pino';
import type { NetworkPlaces } from '../engine/network/locate.js';
import type { Storage } from '../storage/index.js';
import { EngineProcess } from './engine-process.js';
import { JobBuilder } from './job-builder.js';
import { Networks } from './networks.js';
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
  /** Where networks beside the embedded ones are. */
  readonly networks: NetworkPlaces;
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

export function createSessions({ storage, threads, networks: places, queueLimit, logger }: SessionsOptions): Sessions {
  const networks = new Networks(places);
  const frames = new PreviewFrames(storage.codec, storage.blobs);
  const snapshots = new SnapshotReader(storage.sessions, storage.images, frames);
  const hub = new ProgressHub((id) => snapshots.read(id));
  const engine = new EngineProcess({ threads, logger });
  const jobs = new JobBuilder(storage, networks);
  const runner = new Runner({ storage, hub, frames, jobs, engine, logger });
  const creator = new SessionCreator({ storage, networks, queueLimit });
  return {
    service: new SessionService({ storage, creator, snapshots, hub, runner }),
    system: new SystemService(storage, engine, networks),
    hub,
    engine,
    start: () => runner.start(),
    stop: () => runner.stop(),
  };
}
