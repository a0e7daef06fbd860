import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { EngineError } from '../errors.js';
import { withoutSecrets } from './download.js';
import type { InstallRequest } from './install.js';
import type { ObtainableNetwork } from './locate.js';
import type { InstallEvent } from './main.js';
import { EXEC_ARGV, SCRIPT_EXTENSION } from '../process/source.js';
import type { RgbImage } from '../../core/pixels.js';

const ENTRY = fileURLToPath(new URL(`main${SCRIPT_EXTENSION}`, import.meta.url));

export interface InstallerOptions {
  /** Threads that activations are measured with. */
  readonly threads: number;
  /** SHA-256 that downloaded convolutions must have (EASEL_WEIGHTS_SHA256). */
  readonly sha256?: string | undefined;
  /** The pictures that activations are measured on. */
  readonly pictures: () => Promise<RgbImage[]>;
  readonly logger: Logger;
}

/** An installation on its way, shared by all who wait for it. */
interface Installation {
  readonly finished: Promise<void>;
  readonly stop: () => void;
  waiting: number;
}

/** Comes by networks in a process of its own, one at a time. */
export class NetworkInstaller {
  #current: Installation | null = null;
  #closed = false;

  constructor(private readonly options: InstallerOptions) {}

  /**
   * Waits until the network is there. Nobody waiting any more stops it; a download is continued the next time.
   * @throws EngineError `NETWORK_NOT_FOUND`, `NETWORK_INVALID`; `ENGINE_CRASHED` where its process died or was closed;
   *   the signal's reason
   */
  async install(network: ObtainableNetwork, signal: AbortSignal): Promise<void> {
    if (this.#closed) throw new EngineError('ENGINE_CRASHED', 'The server is shutting down.');
    const current = (this.#current ??= this.#start(network));
    current.waiting += 1;
    try {
      await Promise.race([current.finished, abortOf(signal)]);
    } finally {
      current.waiting -= 1;
      if (current.waiting === 0) {
        current.stop();
        if (this.#current === current) this.#current = null;
      }
    }
  }

  /** Stops what is on its way. */
  close(): void {
    this.#closed = true;
    this.#current?.stop();
  }

  #start(network: ObtainableNetwork): Installation {
    const { threads, logger } = this.options;
    const { name, from } = network;
    const where = 'url' in from ? withoutSecrets(from.url) : from.file;
    logger.info({ network: name, from: where }, 'url' in from ? 'downloading a network' : 'normalising a network');
    const child = fork(ENTRY, [String(threads)], { serialization: 'advanced', execArgv: EXEC_ARGV });
    const finished = new Promise<void>((resolve, reject) => {
      let tenths = 0;
      child.on('message', (event: InstallEvent) => {
        if (event.type === 'done') {
          logger.info({ network: name, from: where, downloadedSha256: event.sha256 ?? undefined }, 'network at hand');
          resolve();
        } else if (event.type === 'failed') {
          logger.error({ network: name, from: where, code: event.code, reason: event.message }, 'no network');
          reject(new EngineError(event.code, event.message, 'network'));
        } else if (Math.floor((10 * event.received) / event.total) > tenths) {
          tenths = Math.floor((10 * event.received) / event.total);
          logger.info({ network: name, received: event.received, total: event.total }, `downloaded ${10 * tenths} %`);
        }
      });
      const die = (how: string) =>
        reject(new EngineError('ENGINE_CRASHED', `The process that installs networks ${how}.`));
      child.once('error', (error) => die(`could not be used: ${error.message}`));
      // Comes after all that the process said.
      child.once('disconnect', () => die('ended before its work did'));
      void this.options.pictures().then((pictures) => {
        const request: InstallRequest = { network, pictures, sha256: this.options.sha256 };
        child.send(request, () => undefined);
      }, reject);
    });
    // Whoever waits hears of a failure; after the last has left, nobody has to.
    finished.catch(() => undefined);
    return { finished, stop: () => void child.kill('SIGKILL'), waiting: 0 };
  }
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
