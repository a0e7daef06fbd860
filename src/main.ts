import { ConfigError, loadConfig } from './config.js';
import { EngineError } from './engine/errors.js';
import { startServer } from './server.js';
import { StorageError } from './storage/index.js';

const SAME_SIGNAL_MS = 1000;

try {
  const config = loadConfig();
  const server = await startServer(config);
  const shutDown = onceThenExit(async () => {
    await server.close();
    // An open channel to the parent would keep the process alive.
    process.off('disconnect', shutDown);
    if (process.connected) process.disconnect();
  }, config.shutdownSeconds);
  process.on('SIGTERM', shutDown);
  process.on('SIGINT', shutDown);
  // Who started this as a child process learns where it listens, and takes it along when it goes.
  process.on('disconnect', shutDown);
  process.send?.({ url: server.url });
} catch (error) {
  console.error(isForOperators(error) ? error.message : error);
  process.exitCode = 1;
}

/**
 * Begins to end when first called. Called once more, or after so many seconds, the process ends as it is, with code 1. What comes
 * within a second is the same call: terminals and the programs between pass a signal on twice.
 */
function onceThenExit(end: () => Promise<void>, seconds: number): () => void {
  let begunAt: number | null = null;
  const giveUp = (why: string) => {
    console.error(`${why}: the server ends without having shut down in good order.`);
    process.exit(1);
  };
  return () => {
    if (begunAt !== null) {
      if (performance.now() - begunAt > SAME_SIGNAL_MS) giveUp('Told to end a second time');
      return;
    }
    begunAt = performance.now();
    setTimeout(() => giveUp(`${seconds} s are over`), seconds * 1000).unref();
    end().catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  };
}

/** What the operator can mend (the environment, the backend, the data folder, the port) needs no stack trace. */
function isForOperators(error: unknown): error is Error {
  return (
    error instanceof ConfigError ||
    error instanceof EngineError ||
    error instanceof StorageError ||
    (error instanceof Error && 'syscall' in error && error.syscall === 'listen')
  );
}
