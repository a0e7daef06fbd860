import type { Networks } from '../engine/index.js';
import type { Storage } from '../storage/index.js';
import { ClaimLoop, type ClaimDependencies } from './claim-loop.js';
import { JobBuilder } from './job-builder.js';
import { recoverSessions } from './recovery.js';

export interface WorkerDependencies extends Omit<ClaimDependencies, 'jobs'> {
  readonly storage: Storage;
  readonly networks: Pick<Networks, 'locate' | 'install'>;
}

/** Runs queued sessions. Sessions are queued by the API (sessions/), perhaps on another machine. */
export interface Worker {
  /** Recovers interrupted sessions, starts the engine and claims sessions. */
  start(): Promise<void>;
  /** Stops claiming; see `ClaimLoop.stop`. */
  stop(lastCheckpointMs?: number): Promise<void>;
}

export function createWorker(dependencies: WorkerDependencies): Worker {
  const { storage, networks, engine, logger } = dependencies;
  const loop = new ClaimLoop({ ...dependencies, jobs: new JobBuilder(storage, networks) });
  return {
    async start() {
      await recoverSessions(storage, logger);
      // A failure is reported again by the first run.
      engine.start().catch(() => undefined);
      loop.start();
    },
    stop: (lastCheckpointMs) => loop.stop(lastCheckpointMs),
  };
}
