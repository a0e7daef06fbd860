import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { pino, type DestinationStream, type Level, type Logger } from 'pino';

/** Names of fields that hold secrets: in logged requests, connection parameters and new keys. */
const SECRET_NAMES = ['authorization', 'Authorization', 'cookie', 'Cookie', 'secret'];

/** Creates the server's log: JSON lines, to standard output unless given. Secrets are removed wherever they occur. */
export function createLogger(level: Level | 'silent', destination?: DestinationStream): Logger {
  const paths = ['', '*.', '*.*.', '*.*.*.'].flatMap((depth) => SECRET_NAMES.map((name) => depth + name));
  const hooks = { streamWrite: withoutSecrets };
  return pino(
    { level, redact: { paths, censor: '[hidden]' }, hooks, mixin: logFields },
    destination ?? pino.destination(1),
  );
}

/** Hides API keys and URL signatures, which can occur in addresses and in error messages. */
function withoutSecrets(line: string): string {
  return line
    .replace(/(easel_[0-9a-f]{8})[0-9a-f]{24}_[\w-]{43}/g, '$1[hidden]')
    .replace(/([?&]signature=)[\w-]+/g, '$1[hidden]');
}

/** Fields that are added to every log line written during some work. */
export interface LogFields {
  /** Of an HTTP request, or of one operation over a WebSocket. */
  readonly requestId?: string;
  /** Id of the running session. */
  readonly session?: string;
}

const storage = new AsyncLocalStorage<LogFields>();

/** A copy of the current fields: pino's `mixin` writes into the object that it receives. */
function logFields(): LogFields {
  return { ...storage.getStore() };
}

/** Runs `work`; log lines written inside carry these fields. */
export function withLogFields<T>(fields: LogFields, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, work);
}

/** Adds the fields to the log lines of the rest of the current asynchronous call, where no function can be wrapped. */
export function enterLogFields(fields: LogFields): void {
  storage.enterWith({ ...storage.getStore(), ...fields });
}

/** The client's own id of its request if it is short and printable, else a new one. */
export function requestIdFrom(given: unknown): string {
  return typeof given === 'string' && /^[\w.:+/=-]{1,128}$/.test(given) ? given : randomUUID();
}
