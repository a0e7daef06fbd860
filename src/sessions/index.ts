import type { Signals } from '../core/signals.js';
import type { Networks } from '../engine/index.js';
import type { Estimator } from '../estimates/estimator.js';
import type { GarbageCollector } from '../images/garbage-collector.js';
import type { PresetService } from '../presets/preset-service.js';
import type { SessionFeed } from '../progress/feed.js';
import type { ProgressHub } from '../progress/hub.js';
import type { SessionObserver } from '../progress/observer.js';
import type { ProgressReader } from '../progress/progress.js';
import type { Storage } from '../storage/index.js';
import { HistoryService } from './history-service.js';
import { QueueLimits, type QueueLimitsOptions } from './queue-limits.js';
import { QueueService } from './queue-service.js';
import { SessionCreator } from './session-creator.js';
import { SessionService } from './session-service.js';
import { SystemService, type EngineStatus } from './system-service.js';

export interface SessionsDependencies {
  readonly storage: Storage;
  readonly networks: Networks;
  readonly presets: PresetService;
  readonly estimator: Estimator;
  readonly hub: ProgressHub;
  readonly feed: SessionFeed;
  readonly reader: ProgressReader;
  readonly garbage: GarbageCollector;
  readonly observer: Required<SessionObserver>;
  readonly signals: Signals;
  readonly engine: EngineStatus;
  readonly limits: QueueLimitsOptions;
}

/** The life of sessions as their owners see it. */
export interface Sessions {
  readonly sessions: SessionService;
  readonly history: HistoryService;
  readonly queue: QueueService;
  readonly system: SystemService;
}

/** Puts the services of this room together. Sessions are run by a worker (runs/), perhaps on another machine. */
export function createSessions(dependencies: SessionsDependencies): Sessions {
  const { storage, networks, hub, signals, engine, limits } = dependencies;
  const queueLimits = new QueueLimits(storage.sessions, limits);
  const creator = new SessionCreator({ ...dependencies, queueLimits });
  return {
    sessions: new SessionService({ ...dependencies, creator, queueLimits }),
    history: new HistoryService({ storage, hub }),
    queue: new QueueService(storage, signals, hub),
    system: new SystemService(storage, engine, networks),
  };
}
