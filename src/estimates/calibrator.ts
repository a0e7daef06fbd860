import os from 'node:os';
import type { Logger } from 'pino';
import { DEFAULT_UNIT_COSTS, measureUnitCosts, type Engine, type UnitCosts } from '../engine/index.js';
import { calibrationKey, readCalibration, writeCalibration } from './calibration-file.js';

export interface CalibratorOptions {
  readonly engine: Pick<Engine, 'start' | 'backend' | 'threads'>;
  /** Where the measured speed is kept (EASEL_CACHE); without it nothing is measured. */
  readonly home: string | undefined;
  /** Whether other programs take the machine's time: what is measured then serves, but is not kept. */
  readonly isBusy?: () => boolean;
  readonly logger: Logger;
}

export interface KnownSpeed {
  readonly speed: UnitCosts;
  /** False for the speed of a machine like many. */
  readonly calibrated: boolean;
}

/**
 * Measures once how fast this machine is, while there is nothing else to do: a session that comes meanwhile ends the
 * measurement, which is taken up when nothing waits again.
 */
export class Calibrator {
  /** Found or measured, by the backend that the engine computes with. */
  readonly #known = new Map<string, UnitCosts>();
  /** Backends whose measurement failed, which it would again. */
  readonly #hopeless = new Set<string>();
  #measuring: { readonly abort: AbortController; readonly finished: Promise<void> } | null = null;

  constructor(private readonly options: CalibratorOptions) {}

  async speed(): Promise<KnownSpeed> {
    const { engine } = this.options;
    const speed = engine.backend && (await this.#find(engine.backend));
    return speed ? { speed, calibrated: true } : { speed: DEFAULT_UNIT_COSTS, calibrated: false };
  }

  /** To be called when there is nothing to do. */
  start(): void {
    if (this.#measuring || !this.options.home) return;
    const abort = new AbortController();
    const finished = this.#measure(this.options.home, abort.signal).finally(() => {
      this.#measuring = null;
    });
    this.#measuring = { abort, finished };
  }

  /** To be called when there is: what is being measured is given up. Resolves when that has ended. */
  async stop(): Promise<void> {
    this.#measuring?.abort.abort();
    await this.finished();
  }

  /** Resolves when nothing is being measured. */
  async finished(): Promise<void> {
    await this.#measuring?.finished;
  }

  async #measure(home: string, signal: AbortSignal): Promise<void> {
    const { engine, isBusy = moreWaitsThanRuns, logger } = this.options;
    await engine.start().catch(() => undefined);
    const { backend, threads } = engine;
    if (signal.aborted || !backend || this.#hopeless.has(backend) || (await this.#find(backend))) return;
    try {
      const speed = await measureUnitCosts(backend, { threads, signal });
      this.#known.set(backend, speed);
      const keep = !isBusy();
      logger.info({ backend, threads, speed }, keep ? 'machine measured' : 'machine measured, but it was busy');
      if (keep) await writeCalibration(home, calibrationKey(backend, threads), speed);
    } catch (error) {
      if (signal.aborted) return;
      this.#hopeless.add(backend);
      logger.warn(
        { err: error, backend },
        'this machine’s speed was not measured or not kept; estimates may be far off',
      );
    }
  }

  async #find(backend: string): Promise<UnitCosts | null> {
    const { home, engine } = this.options;
    const known = this.#known.get(backend);
    if (known || !home) return known ?? null;
    const stored = await readCalibration(home, calibrationKey(backend, engine.threads));
    if (stored) this.#known.set(backend, stored);
    return stored;
  }
}

/** Over the last minute, on average. Windows does not tell. */
const moreWaitsThanRuns = () => os.loadavg()[0]! > os.availableParallelism();
