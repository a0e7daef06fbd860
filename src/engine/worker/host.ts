import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { BackendChoice } from '../selection/names.js';
import { EngineError } from '../errors.js';
import type { Engine, EngineRun, EngineState, Job, RunOptions } from './engine.js';
import type { EngineEvent, EngineMessage, EngineRequest } from './protocol.js';
import { EXEC_ARGV, SCRIPT_EXTENSION } from '../process/source.js';
import type { RgbImage } from '../../core/pixels.js';

const ENTRY = fileURLToPath(new URL(`main${SCRIPT_EXTENSION}`, import.meta.url));

export interface EngineOptions {
  /** Threads of one operator. */
  readonly threads: number;
  readonly backend: BackendChoice;
  readonly logger: Logger;
}

interface RunningJob {
  readonly jobId: string;
  readonly onStep: RunOptions['onStep'];
  readonly resolve: (result: RgbImage | null) => void;
  readonly reject: (error: EngineError) => void;
}

/**
 * The parent's side of the engine's child process. One process is kept warm; it is started again when it dies. It runs
 * one job at a time.
 */
export class EngineProcess implements Engine {
  #child: ChildProcess | null = null;
  #backend: string | null = null;
  #reason: string | null = null;
  #ready: Promise<void> = Promise.resolve();
  #job: RunningJob | null = null;
  #memoryBytes = 0;
  #closed = false;

  constructor(private readonly options: EngineOptions) {}

  /** The loaded backend's name; null until there is one. */
  get backend(): string | null {
    return this.#backend;
  }

  /** Why it is this backend, or why there is none; null while it starts. */
  get reason(): string | null {
    return this.#reason;
  }

  get threads(): number {
    return this.options.threads;
  }

  get state(): EngineState {
    if (!this.#child) return 'DOWN';
    if (!this.#backend) return 'STARTING';
    return this.#job ? 'BUSY' : 'READY';
  }

  /** What the process held of memory when it last said something; 0 where there is no process. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** The process's id, where there is a process. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Starts the process, where there is none, and waits until it can take a job.
   * @throws EngineError `BACKEND_FAILED` where the backend that was asked for cannot start, `ENGINE_CRASHED` where the
   * process died before, or was closed
   */
  async start(): Promise<void> {
    if (this.#closed) throw new EngineError('ENGINE_CRASHED', 'The engine process was shut down.');
    if (!this.#child) this.#spawn();
    await this.#ready;
  }

  /** Runs a job. The one before must have finished. */
  run(job: Job, { onStep, signal }: RunOptions): EngineRun {
    if (this.#job) throw new Error('The engine process is busy.');
    const { jobId } = job;
    const finished = new Promise<RgbImage | null>((resolve, reject) => {
      this.#job = { jobId, onStep, resolve, reject };
    });
    const cancel = () => this.#send({ type: 'cancel', jobId });
    const started = this.start().then(
      () => {
        // A job that was aborted before it began is started all the same, so that there is one way for it to end.
        this.#send({ type: 'start', job });
        if (signal.aborted) cancel();
        else signal.addEventListener('abort', cancel, { once: true });
      },
      (error: EngineError) => this.#settle()?.reject(error),
    );
    // Whoever asks early must not overtake the job on its way.
    const ask = (request: EngineRequest) => void started.then(() => this.#send(request));
    return {
      finished: finished.finally(() => signal.removeEventListener('abort', cancel)),
      wantImage: () => ask({ type: 'wantImage', jobId }),
      wantCheckpoint: (file, options) => ask({ type: 'wantCheckpoint', jobId, file, ...options }),
    };
  }

  /** Kills the process. A job that is running is rejected with `ENGINE_CRASHED`. */
  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    if (!child) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  #spawn(): void {
    const { threads, backend: choice, logger } = this.options;
    const child = fork(ENTRY, [String(threads), choice], { serialization: 'advanced', execArgv: EXEC_ARGV });
    this.#child = child;
    this.#reason = null;
    const ready = new Promise<void>((resolve, reject) => {
      let unusable: EngineError | undefined;
      child.on('message', ({ event, memoryBytes }: EngineMessage) => {
        this.#memoryBytes = memoryBytes;
        if (event.type === 'ready') {
          const { backend, reason } = event;
          this.#backend = backend;
          this.#reason = reason;
          logger.info({ backend, reason, threads, pid: child.pid }, 'engine ready');
          resolve();
        } else if (event.type === 'unusable') {
          unusable = new EngineError('BACKEND_FAILED', event.message);
        } else {
          this.#onEvent(event);
        }
      });
      const die = (how: string) => {
        const during = this.#backend ? '' : ` while it started (backend ${choice})`;
        const error = unusable ?? new EngineError('ENGINE_CRASHED', `The engine process ${how}${during}.`);
        reject(error);
        this.#onDeath(error);
      };
      child.on('exit', (code, signal) =>
        die(signal ? `was ended by ${signal}${this.#adviceOn(signal)}` : `ended with code ${code}`),
      );
      child.on('error', (error) => {
        // A process that could not even be made has no exit.
        if (child.pid === undefined) die(`could not be started: ${error.message}`);
      });
    });
    // Whoever calls start() hears of a failure; nobody has to.
    ready.catch(() => undefined);
    this.#ready = ready;
  }

  /** Nobody here sends SIGKILL but `close`; Linux does so to the largest process when memory runs out. */
  #adviceOn(signal: NodeJS.Signals): string {
    if (signal !== 'SIGKILL' || this.#closed) return '';
    return ', as systems do where memory runs out; a smaller size needs less, EASEL_MEMORY_LIMIT_MB keeps sessions below a limit';
  }

  #onDeath(error: EngineError): void {
    const wasReady = this.#backend !== null;
    this.#child = null;
    this.#memoryBytes = 0;
    this.#backend = null;
    this.#reason = error.message;
    this.#settle()?.reject(error);
    if (this.#closed) return;
    this.options.logger.error({ err: error }, 'engine process died');
    // One that died while starting would do so again; the next job will try.
    if (wasReady) this.#spawn();
  }

  #onEvent(event: Exclude<EngineEvent, { type: 'ready' | 'unusable' }>): void {
    if (event.jobId !== this.#job?.jobId) return;
    switch (event.type) {
      case 'step':
        this.#job.onStep(event.record, event.image, event.checkpoint);
        break;
      case 'done':
        this.#settle()?.resolve(event.image);
        break;
      case 'cancelled':
        this.#settle()?.resolve(null);
        break;
      case 'failed':
        this.#settle()?.reject(new EngineError(event.code, event.message, event.field));
        break;
    }
  }

  /** Takes the job off, so that it is settled once. */
  #settle(): RunningJob | null {
    const job = this.#job;
    this.#job = null;
    return job;
  }

  #send(request: EngineRequest): void {
    // A process that is gone answers by its exit.
    this.#child?.send(request, () => undefined);
  }
}
