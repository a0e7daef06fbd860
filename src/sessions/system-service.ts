import { locateNetwork, NETWORK_NAMES } from '../engine/network/locate.js';
import type { Storage } from '../storage/index.js';
import type { EngineProcess, EngineState } from './engine-process.js';

/** A network that recipes may name. */
export interface NetworkStatus {
  readonly name: string;
  /** SHA-256 of its file, hexadecimal; null where the network is not at hand. */
  readonly sha256: string | null;
}

export interface EngineStatus {
  readonly state: EngineState;
  readonly backend: string | null;
  readonly reason: string | null;
  readonly threads: number;
}

/** What operators want to know. */
export class SystemService {
  constructor(
    private readonly storage: Pick<Storage, 'sessions'>,
    private readonly engine: EngineProcess,
    private readonly weightsFile: string | undefined,
  ) {}

  engineStatus(): EngineStatus {
    const { state, backend, reason, threads } = this.engine;
    return { state, backend, reason, threads };
  }

  /** What keeps sessions from being run at the moment, in words. */
  findObstacles(): string[] {
    return this.engine.state === 'DOWN' ? ['The engine process could not be started.'] : [];
  }

  async queueLength(): Promise<number> {
    return await this.storage.sessions.count(['QUEUED']);
  }

  async networks(): Promise<NetworkStatus[]> {
    return await Promise.all(NETWORK_NAMES.map((name) => this.#network(name)));
  }

  async #network(network: string): Promise<NetworkStatus> {
    const wanted = { network, allowStandIn: false, contentLayers: [], styleLayers: [] };
    const located = await locateNetwork(wanted, this.weightsFile).catch(() => null);
    return { name: network, sha256: located?.sha256 ?? null };
  }
}
