import os from 'node:os';
import type { Logger } from 'pino';
import { DEFAULT_UNIT_COSTS, measureUnitCosts, type Engine, type UnitCosts } from '../engine/index.js';
import { calibrationKey, readCalibration, writeCalibration } from './calibration-file.js';

export interface CalibratorDependencies {
  readonly engine: Pick<Engine, 'start' | 'backend' | 'threads'>;
  /** Folder of the measured unit costs (EASEL_CACHE); without it nothing is measured. */
  readonly cacheDir: string | undefined;
  /** Whether other programs use the CPU; unit costs measured meanwhile are used but not stored. */
  readonly isBusy?: () => boolean;
  /** Default: a child process measures this machine. */
  readonly measure?: typeof measureUnitCosts;
  readonly logger: Logger;
}

export interface Calibration {
  readonly costs: UnitCosts;
  /** False for the default unit costs. */
  readonly calibrated: boolean;
}

/**
 * Measures the unit costs of this machine once, while the queue is empty. A new session aborts the measurement; it is
 * repeated when the queue is empty again.
 */
export class Calibrator {
  /** Stored or measured unit costs, by the name of the backend. */
  readonly #known = new Map<string, UnitCosts>();
  /** Backends whose measurement failed and would fail again. */
  readonly #failed = new Set<string>();
  #measuring: { readonly abort: AbortController; readonly finished: Promise<void> } | null = null;

  constructor(private readonly dependencies: CalibratorDependencies) {}

  /** The unit costs of the engine's backend; the default ones until this machine has been measured. */
  async calibration(): Promise<Calibration> {
    const { engine } = this.dependencies;
    const costs = engine.backend && (await this.#find(engine.backend));
    return costs ? { costs, calibrated: true } : { costs: DEFAULT_UNIT_COSTS, calibrated: false };
  }

  /** Starts the measurement if there is none yet. Call it when the queue is empty. */
  start(): void {
    const { cacheDir } = this.dependencies;
    if (this.#measuring || !cacheDir) return;
    const abort = new AbortController();
    const finished = this.#measure(cacheDir, abort.signal).finally(() => {
      this.#measuring = null;
    });
    this.#measuring = { abort, finished };
  }

  /** Aborts the measurement, and resolves when it has ended. Call it before a session runs. */
  async stop(): Promise<void> {
    this.#measuring?.abort.abort();
    await this.finished();
  }

  /** Resolves when no measurement is running. */
  async finished(): Promise<void> {
    await this.#measuring?.finished;
  }

  async #measure(cacheDir: string, signal: AbortSignal): Promise<void> {
    const { engine, isBusy = isCpuBusy, measure = measureUnitCosts, logger } = this.dependencies;
    await engine.start().catch(() => undefined);
    const { backend, threads } = engine;
    if (signal.aborted || !backend || this.#failed.has(backend) || (await this.#find(backend))) return;
    try {
      const costs = await measure(backend, { threads, signal });
      this.#known.set(backend, costs);
      const busy = isBusy();
      logger.info({ backend, threads, costs }, busy ? 'machine measured, not stored: it is busy' : 'machine measured');
      if (!busy) await writeCalibration(cacheDir, calibrationKey(backend, threads), costs);
    } catch (error) {
      if (signal.aborted) return;
      this.#failed.add(backend);
      logger.warn({ err: error, backend }, 'machine not measured, or unit costs not stored; estimates may be far off');
    }
  }

  async #find(backend: string): Promise<UnitCosts | null> {
    const { cacheDir, engine } = this.dependencies;
    const known = this.#known.get(backend);
    if (known || !cacheDir) return known ?? null;
    const stored = await readCalibration(cacheDir, calibrationKey(backend, engine.threads));
    if (stored) this.#known.set(backend, stored);
    return stored;
  }
}

/** Whether more than one process per core was runnable in the last minute, on average. Windows always reports 0. */
const isCpuBusy = () => os.loadavg()[0]! > os.availableParallelism();
