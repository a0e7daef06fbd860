import { fork, type ChildProcess } from 'node:child_process';
import pLimit from 'p-limit';
import { StorageError } from '../errors.js';
import type { CheckedImage, ImageLimits } from './check-upload.js';
import { MEMORY_EXIT_CODE, type DecoderAnswer } from './protocol.js';

export interface DecoderOptions {
  readonly limits: ImageLimits;
  /** Path of the child's script, and Node's options for it. */
  readonly entry: { readonly script: string; readonly execArgv: readonly string[] };
  /** Uploads that are decoded at a time, each in a process of its own. */
  readonly processes?: number;
  /** Longest decoding of one upload, milliseconds. */
  readonly timeoutMs?: number;
  /** Most resident memory of one process, bytes. */
  readonly maxMemory?: number;
}

const TIMEOUT_MS = 20_000;
/** A process without a picture has 80 MB; 40 megapixels with alpha, decoded and turned, take some 500 MB. */
const MAX_MEMORY = 1 << 30;
/** A process that has had nothing to do for so long is ended. */
const IDLE_MS = 60_000;

/**
 * Checks uploads in child processes, so that a hostile file can take neither the server's event loop nor its memory. The
 * processes are started on demand and kept while there is work.
 */
export class UploadDecoder {
  readonly #queue;
  readonly #idle: Worker[] = [];
  readonly #busy = new Set<Worker>();

  constructor(private readonly options: DecoderOptions) {
    this.#queue = pLimit(options.processes ?? 2);
  }

  /** Checks an upload; see `checkUpload`. Throws `StorageError` NOT_AN_IMAGE, TOO_LARGE or TOO_SMALL. */
  async check(bytes: Uint8Array): Promise<CheckedImage> {
    return await this.#queue(async () => {
      const worker = this.#take();
      this.#busy.add(worker);
      try {
        return await worker.check(bytes);
      } finally {
        this.#busy.delete(worker);
        if (worker.isAlive) {
          this.#idle.push(worker);
          worker.endAfterIdling(() => this.#idle.splice(this.#idle.indexOf(worker), 1));
        }
      }
    });
  }

  /** A process that waits for work, or a new one. */
  #take(): Worker {
    for (let worker = this.#idle.pop(); worker; worker = this.#idle.pop()) if (worker.isAlive) return worker;
    return new Worker(this.options);
  }

  /** Ends the processes; uploads that are being decoded fail. */
  close(): void {
    for (const worker of [...this.#idle.splice(0), ...this.#busy]) worker.kill();
  }
}

/** One child process, with at most one upload at a time. */
class Worker {
  readonly #child: ChildProcess;
  readonly #timeoutMs: number;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor({ limits, entry, maxMemory = MAX_MEMORY, timeoutMs = TIMEOUT_MS }: DecoderOptions) {
    this.#timeoutMs = timeoutMs;
    const args = [limits.maxBytes, limits.maxPixels, maxMemory].map(String);
    this.#child = fork(entry.script, args, {
      serialization: 'advanced',
      execArgv: [...entry.execArgv],
      // Decoders print warnings; the server's output is its log.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // A failure to start or to send shows as the end of the process.
    this.#child.on('error', () => undefined);
    this.#child.unref();
    this.#child.channel?.unref();
  }

  get isAlive(): boolean {
    return this.#child.connected && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async check(bytes: Uint8Array): Promise<CheckedImage> {
    clearTimeout(this.#idleTimer);
    this.#child.ref();
    this.#child.channel?.ref();
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    try {
      const answer = await new Promise<DecoderAnswer | { readonly exitCode: number | null }>((resolve) => {
        this.#child.once('message', resolve);
        this.#child.once('exit', (exitCode) => resolve({ exitCode }));
        timer = setTimeout(() => {
          isLate = true;
          this.kill();
        }, this.#timeoutMs);
        this.#child.send(bytes, () => undefined);
      });
      if ('image' in answer) return answer.image;
      if ('error' in answer) throw toError(answer.error);
      throw this.#deathError(answer.exitCode, isLate);
    } finally {
      clearTimeout(timer);
      this.#child.removeAllListeners('message').removeAllListeners('exit');
      this.#child.unref();
      this.#child.channel?.unref();
    }
  }

  endAfterIdling(onEnd: () => void): void {
    this.#idleTimer = setTimeout(() => {
      onEnd();
      this.kill();
    }, IDLE_MS).unref();
  }

  kill(): void {
    clearTimeout(this.#idleTimer);
    this.#child.kill('SIGKILL');
  }

  #deathError(exitCode: number | null, isLate: boolean): Error {
    if (isLate) {
      return new StorageError(
        'TOO_LARGE',
        `The image takes more than ${this.#timeoutMs / 1000} s to decode. Save it again as an ordinary PNG or JPEG.`,
      );
    }
    if (exitCode === MEMORY_EXIT_CODE) {
      return new StorageError('TOO_LARGE', 'The image takes too much memory to decode. Save it smaller, or as JPEG.');
    }
    // A decoder that crashes was crashed by these bytes.
    return new StorageError('NOT_AN_IMAGE', 'The image cannot be decoded. Save it again as PNG or JPEG and upload it.');
  }
}

function toError({ code, message }: Extract<DecoderAnswer, { error: unknown }>['error']): Error {
  return code ? new StorageError(code, message) : new Error(message);
}
