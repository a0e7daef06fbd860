import { ConfigError, loadConfig } from './config.js';
import { EngineError } from './engine/errors.js';
import { startServer } from './server.js';
import { StorageError } from './storage/index.js';

try {
  const server = await startServer(loadConfig());
  const shutDown = async () => {
    await server.close();
    // An open channel to the parent would keep the process alive.
    if (process.connected) process.disconnect();
  };
  process.once('SIGTERM', () => void shutDown());
  process.once('SIGINT', () => void shutDown());
  // Who started this as a child process learns where it listens, and takes it along when it goes.
  process.once('disconnect', () => void shutDown());
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
