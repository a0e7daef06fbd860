/** What every line of the log says that is written while something is being worked on. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** `requestId`: of an HTTP request, or of one operation over a socket. `session`: the session that is being run. */
export interface LogFields {
  readonly requestId?: string;
  readonly session?: string;
}

const storage = new AsyncLocalStorage<LogFields>();

/** The fields in force; for pino's `mixin`, which writes into what it is given. */
export function logFields(): LogFields {
  return { ...storage.getStore() };
}

/** Does work, in all of whose lines these fields stand. */
export function withLogFields<T>(fields: LogFields, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, work);
}

/** The same for the rest of what the caller does, where there is no function to wrap. */
export function enterLogFields(fields: LogFields): void {
  storage.enterWith({ ...storage.getStore(), ...fields });
}

/** A client's own name for its request where it gave one that a log can hold, else a new one. */
export function requestIdFrom(given: unknown): string {
  return typeof given === 'string' && /^[\w.:+/=-]{1,128}$/.test(given) ? given : randomUUID();
}
