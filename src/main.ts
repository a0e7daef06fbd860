import { ConfigError, loadConfig } from './config.js';
import { startServer } from './server.js';
import { StorageError } from './storage/index.js';

try {
  const server = await startServer(loadConfig());
  const shutDown = () => void server.close();
  process.once('SIGTERM', shutDown);
  process.once('SIGINT', shutDown);
  // Who started this as a child process learns where it listens, and takes it along when it goes.
  process.once('disconnect', shutDown);
  process.channel?.unref();
  process.send?.({ url: server.url });
} catch (error) {
  // What the operator can mend needs no stack trace.
  const isPlain = error instanceof ConfigError || error instanceof StorageError;
  console.error(isPlain ? error.message : error);
  process.exitCode = 1;
}
