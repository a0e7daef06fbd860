import { ConfigError, loadConfig } from '../config.js';
import { EngineError } from '../engine/errors.js';
import { startServer } from '../server.js';
import { endOnce } from './shutdown.js';
import { StorageError } from '../storage/index.js';

try {
  const config = loadConfig();
  const server = await startServer(config);
  const shutDown = endOnce(async () => {
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

/** What the operator can mend (the environment, the backend, the data folder, the port) needs no stack trace. */
function isForOperators(error: unknown): error is Error {
  return (
    error instanceof ConfigError ||
    error instanceof EngineError ||
    error instanceof StorageError ||
    (error instanceof Error && 'syscall' in error && error.syscall === 'listen')
  );
}
