import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { HttpError } from './errors.js';

/** Returns the error to refuse a request with; null if the request is allowed. */
export type CheckOrigin = (request: Pick<IncomingMessage, 'headers'>) => HttpError | null;

/**
 * Every web page that the user opens can send requests to a server on loopback. Two headers that pages cannot forge
 * identify such requests: `Host` has a foreign name after DNS rebinding, and browsers add `Origin` to cross-site requests.
 * Other programs send no `Origin` and are allowed. Also check WebSocket upgrades: CORS does not cover them.
 *
 * If every request needs an API key, any valid `Host` is allowed: a foreign page does not have the key.
 *
 * @param origins allowed origins besides the server's own: scheme, host and port
 * @param needsKeys whether every request needs an API key
 */
export function createCheckOrigin(origins: readonly string[], needsKeys = false): CheckOrigin {
  const hosts = new Set(origins.map((origin) => new URL(origin).host));
  return ({ headers: { host = '', origin } }) => {
    if (needsKeys ? !isHost(host) : !isLoopback(host) && !hosts.has(host)) {
      const message = `"${host}" is not a name of this server. Use localhost, or list the origin in EASEL_ORIGINS.`;
      return new HttpError(403, 'HOST_NOT_ALLOWED', message, 'host');
    }
    if (origin !== undefined && !origins.includes(origin) && hostOf(origin) !== host) {
      const message = `Pages of ${origin} cannot use this server. List the origin in EASEL_ORIGINS to allow them.`;
      return new HttpError(403, 'ORIGIN_NOT_ALLOWED', message, 'origin');
    }
    return null;
  };
}

/** Refuses requests that fail the check. */
export function requireOrigin(checkOrigin: CheckOrigin): RequestHandler {
  return (request, _response, next) => {
    const refusal = checkOrigin(request);
    if (refusal) throw refusal;
    next();
  };
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host);
}

/** Whether the text is a host name or address with an optional port: the start page shows it. */
function isHost(host: string): boolean {
  return /^([\w.-]+|\[[\da-f:.]+\])(:\d+)?$/i.test(host);
}

/** Null for the origin `null`, which sandboxed and local pages send. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
