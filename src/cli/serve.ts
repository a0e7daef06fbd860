import { loadConfig } from '../config.js';
import { startServer } from '../server.js';

/** `easel serve`: runs the server until a signal, or the end of the parent process, shuts it down. */
export async function serve(): Promise<void> {
  const config = loadConfig();
  const server = await startServer(config);
  const shutDown = shutDownOnce(async () => {
    await server.close();
    // An open channel to the parent would keep the process alive.
    process.off('disconnect', shutDown);
    if (process.connected) process.disconnect();
  }, config.shutdownSeconds);
  process.on('SIGTERM', shutDown);
  process.on('SIGINT', shutDown);
  process.on('disconnect', shutDown);
  // A parent process learns the address.
  process.send?.({ url: server.url });
}

/** Signals within this time count as one: a terminal and npm both pass Ctrl-C on. */
const SAME_SIGNAL_MS = 1000;

/**
 * Creates a signal handler. The first call runs `close`. A later call, an error of `close`, or the end of the time
 * (seconds) exits the process with code 1. (close-with-grace exits at a second signal without exception, so Ctrl-C under
 * npm would always cut the shutdown short.)
 */
export function shutDownOnce(
  close: () => Promise<void>,
  seconds: number,
  exit: (code: number) => void = process.exit,
): () => void {
  let startedAt: number | null = null;
  const giveUp = (reason: unknown) => {
    console.error(reason);
    exit(1);
  };
  return () => {
    if (startedAt === null) {
      startedAt = performance.now();
      setTimeout(() => giveUp(`The shutdown took longer than ${seconds} s; exiting now.`), seconds * 1000).unref();
      close().catch(giveUp);
    } else if (performance.now() - startedAt > SAME_SIGNAL_MS) {
      giveUp('Received a second signal; exiting now without completing the shutdown.');
    }
  };
}
