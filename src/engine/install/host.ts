import type { Logger } from 'pino';
import { EngineError, type EngineErrorCode } from '../errors.js';
import { withoutSecrets, type DownloadProgress } from './download.js';
import type { InstallRequest } from './install.js';
import type { MissingNetwork } from './resolve.js';
import { startWorker } from '../process/parent.js';
import type { RgbImage } from '../../core/pixels.js';

/** What the install process tells its parent. */
export type InstallEvent =
  | ({ readonly type: 'progress' } & DownloadProgress)
  /** `sha256` of the downloaded convolutions; null if nothing was downloaded. */
  | { readonly type: 'done'; readonly sha256: string | null }
  | { readonly type: 'failed'; readonly code: EngineErrorCode; readonly message: string };

export interface InstallerOptions {
  /** Threads for measuring activations. */
  readonly threads: number;
  /** SHA-256 that downloaded convolutions must have (EASEL_WEIGHTS_SHA256). */
  readonly sha256?: string | undefined;
  /** Loads the images on which activations are measured. */
  readonly images: () => Promise<RgbImage[]>;
  readonly logger: Logger;
}

/** A running installation, shared by all its callers. */
interface Installation {
  readonly finished: Promise<void>;
  readonly stop: () => void;
  waiting: number;
}

/** Installs networks in a child process, one at a time. */
export class NetworkInstaller {
  #current: Installation | null = null;
  #closed = false;

  constructor(private readonly options: InstallerOptions) {}

  /**
   * Waits until the network is installed. When the last caller aborts, the process is killed; the next call resumes the
   * download.
   * @throws EngineError `NETWORK_NOT_FOUND`, `NETWORK_INVALID`; `ENGINE_CRASHED` if the process died or this was closed;
   *   the signal's reason
   */
  async install(network: MissingNetwork, signal: AbortSignal): Promise<void> {
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

  /** Stops the running installation and refuses new ones. */
  close(): void {
    this.#closed = true;
    this.#current?.stop();
  }

  #start(network: MissingNetwork): Installation {
    const { threads, sha256, images, logger } = this.options;
    const { name, from } = network;
    const where = 'url' in from ? withoutSecrets(from.url) : from.file;
    logger.info({ network: name, from: where }, 'url' in from ? 'downloading a network' : 'normalising a network');
    let stop!: () => void;
    const finished = new Promise<void>((resolve, reject) => {
      let tenths = 0;
      const worker = startWorker<InstallRequest, InstallEvent>('install', {
        args: [String(threads)],
        onMessage: (event) => {
          if (event.type === 'done') {
            logger.info(
              { network: name, from: where, downloadedSha256: event.sha256 ?? undefined },
              'network installed',
            );
            resolve();
          } else if (event.type === 'failed') {
            logger.error(
              { network: name, from: where, code: event.code, reason: event.message },
              'network not installed',
            );
            reject(new EngineError(event.code, event.message, 'network'));
          } else if (Math.floor((10 * event.received) / event.total) > tenths) {
            tenths = Math.floor((10 * event.received) / event.total);
            logger.info({ network: name, received: event.received, total: event.total }, `downloaded ${10 * tenths} %`);
          }
        },
      });
      stop = worker.kill;
      void worker.ended.then(({ how }) => {
        reject(new EngineError('ENGINE_CRASHED', `The process that installs networks ${how}.`));
      });
      images().then((loaded) => worker.send({ network, images: loaded, sha256 }), reject);
    });
    // install() reports the failure; without a caller it is not an unhandled rejection.
    finished.catch(() => undefined);
    return { finished, stop, waiting: 0 };
  }
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
