import type { Logger } from 'pino';
import type { RgbImage } from '../../core/pixels.js';
import { EngineError } from '../errors.js';
import { startWorker, type WorkerEnd, type WorkerProcess } from '../process/parent.js';
import type { BackendChoice } from '../selection/start.js';
import type { Engine, EngineRun, EngineState, Job, RunOptions } from './engine.js';
import type { EngineEvent, EngineMessage, EngineRequest } from './protocol.js';

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

/** An engine in a child process. The process stays warm between jobs and is restarted when it dies. */
export class EngineProcess implements Engine {
  #worker: WorkerProcess<EngineRequest> | null = null;
  #backend: string | null = null;
  #reason: string | null = null;
  #ready: Promise<void> = Promise.resolve();
  #job: RunningJob | null = null;
  #memoryBytes = 0;
  #closed = false;

  constructor(private readonly options: EngineOptions) {}

  get backend(): string | null {
    return this.#backend;
  }

  get reason(): string | null {
    return this.#reason;
  }

  get threads(): number {
    return this.options.threads;
  }

  get state(): EngineState {
    if (!this.#worker) return 'DOWN';
    if (!this.#backend) return 'STARTING';
    return this.#job ? 'BUSY' : 'READY';
  }

  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Id of the process; undefined if there is none. */
  get pid(): number | undefined {
    return this.#worker?.pid;
  }

  async start(): Promise<void> {
    if (this.#closed) throw new EngineError('ENGINE_CRASHED', 'The engine process was shut down.');
    if (!this.#worker) this.#spawn();
    await this.#ready;
  }

  run(job: Job, { onStep, signal }: RunOptions): EngineRun {
    if (this.#job) throw new Error('The engine process is busy.');
    const { jobId } = job;
    const finished = new Promise<RgbImage | null>((resolve, reject) => {
      this.#job = { jobId, onStep, resolve, reject };
    });
    const cancel = () => this.#worker?.send({ type: 'cancel', jobId });
    const started = this.start().then(
      () => {
        // A job that was aborted before it began is sent too, so that every job ends in the same way.
        this.#worker?.send({ type: 'start', job });
        if (signal.aborted) cancel();
        else signal.addEventListener('abort', cancel, { once: true });
      },
      (error: EngineError) => this.#takeJob()?.reject(error),
    );
    // A request must not overtake the job.
    const send = (request: EngineRequest) => void started.then(() => this.#worker?.send(request));
    return {
      finished: finished.finally(() => signal.removeEventListener('abort', cancel)),
      wantImage: () => send({ type: 'wantImage', jobId }),
      wantCheckpoint: (file, request) => send({ type: 'wantCheckpoint', jobId, file, ...request }),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#worker?.kill();
    await this.#worker?.ended;
  }

  #spawn(): void {
    const { threads, backend: choice, logger } = this.options;
    this.#reason = null;
    this.#ready = new Promise((resolve, reject) => {
      let unusable: EngineError | undefined;
      const worker = startWorker<EngineRequest, EngineMessage>('engine', {
        args: [String(threads), choice],
        onMessage: ({ event, memoryBytes }) => {
          this.#memoryBytes = memoryBytes;
          if (event.type === 'ready') {
            const { backend, reason } = event;
            this.#backend = backend;
            this.#reason = reason;
            logger.info({ backend, reason, threads, pid: worker.pid }, 'engine ready');
            resolve();
          } else if (event.type === 'unusable') {
            unusable = new EngineError('BACKEND_FAILED', event.message);
          } else {
            this.#onEvent(event);
          }
        },
      });
      this.#worker = worker;
      void worker.ended.then((end) => {
        const error = unusable ?? this.#crash(end);
        reject(error);
        this.#onDeath(error);
      });
    });
    // start() reports the failure; without a caller it is not an unhandled rejection.
    this.#ready.catch(() => undefined);
  }

  #crash({ how, signal }: WorkerEnd): EngineError {
    // Only close() sends SIGKILL; otherwise the system does, when memory runs out.
    const advice =
      signal === 'SIGKILL' && !this.#closed
        ? '. Systems do this when memory runs out: use a smaller size, or set EASEL_MEMORY_LIMIT_MB to refuse sessions above a limit'
        : '';
    const during = this.#backend ? '' : ` while it started (backend ${this.options.backend})`;
    return new EngineError('ENGINE_CRASHED', `The engine process ${how}${during}${advice}.`);
  }

  #onDeath(error: EngineError): void {
    const wasReady = this.#backend !== null;
    this.#worker = null;
    this.#memoryBytes = 0;
    this.#backend = null;
    this.#reason = error.message;
    this.#takeJob()?.reject(error);
    if (this.#closed) return;
    this.options.logger.error({ err: error }, 'engine process died');
    // A process that died while starting would do so again; the next job will try.
    if (wasReady) this.#spawn();
  }

  #onEvent(event: Exclude<EngineEvent, { type: 'ready' | 'unusable' }>): void {
    if (event.jobId !== this.#job?.jobId) return;
    switch (event.type) {
      case 'step':
        this.#job.onStep(event.record, event.image, event.checkpoint);
        break;
      case 'done':
        this.#takeJob()?.resolve(event.image);
        break;
      case 'cancelled':
        this.#takeJob()?.resolve(null);
        break;
      case 'failed':
        this.#takeJob()?.reject(new EngineError(event.code, event.message, event.field));
        break;
    }
  }

  /** Removes the job, so that it is settled only once. */
  #takeJob(): RunningJob | null {
    const job = this.#job;
    this.#job = null;
    return job;
  }
}
