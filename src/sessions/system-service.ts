import type { EngineState, Networks, NetworkStatus } from '../engine/index.js';
import type { Storage, StorageUse } from '../storage/index.js';

export interface EngineStatus {
  readonly state: EngineState;
  readonly backend: string | null;
  readonly reason: string | null;
  readonly threads: number;
}

/** The state of the engine, the storage and the networks, for operators. */
export class SystemService {
  constructor(
    private readonly storage: Pick<Storage, 'sessions' | 'meter'>,
    private readonly engine: EngineStatus,
    private readonly installed: Pick<Networks, 'list'>,
  ) {}

  engineStatus(): EngineStatus {
    const { state, backend, reason, threads } = this.engine;
    return { state, backend, reason, threads };
  }

  /** Reasons why no session can run at present, as sentences. */
  findObstacles(): string[] {
    return this.engine.state === 'DOWN' ? ['The engine process could not be started.'] : [];
  }

  async queueLength(): Promise<number> {
    return await this.storage.sessions.count({ statuses: ['QUEUED'] });
  }

  async storageUse(): Promise<StorageUse> {
    return await this.storage.meter.measure();
  }

  async networks(): Promise<NetworkStatus[]> {
    return await this.installed.list();
  }
}
