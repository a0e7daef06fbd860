import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { HttpError } from './errors.js';

/** Why a request is refused, or null where it may pass. */
export type OriginGuard = (request: Pick<IncomingMessage, 'headers'>) => HttpError | null;

/**
 * A server on loopback is within reach of every web page that its user opens. Two headers that pages cannot forge keep
 * those out: `Host`, which shows a foreign name after DNS rebinding, and `Origin`, which browsers add to cross-site
 * requests. Programs send no `Origin` and pass. To be asked for WebSocket upgrades, too: CORS does not cover them.
 *
 * Where every request has to bring a key, no name of the server needs to be known: what a page does not have, it cannot
 * send, whatever name leads it here.
 *
 * @param origins further origins (scheme, host and port) whose pages may call and whose hosts may lead here.
 * @param needsKeys whether requests have to bring keys
 */
export function createOriginGuard(origins: readonly string[], needsKeys = false): OriginGuard {
  const hosts = new Set(origins.map((origin) => new URL(origin).host));
  return ({ headers: { host = '', origin } }) => {
    if (needsKeys ? !isHost(host) : !isLoopback(host) && !hosts.has(host)) {
      return new HttpError(403, 'HOST_NOT_ALLOWED', `"${host}" is not a name of this server. Use localhost.`, 'host');
    }
    if (origin !== undefined && !origins.includes(origin) && hostOf(origin) !== host) {
      return new HttpError(
        403,
        'ORIGIN_NOT_ALLOWED',
        `Pages of ${origin} may not use this server. EASEL_ORIGINS lists those that may.`,
        'origin',
      );
    }
    return null;
  };
}

/** Applies the guard, and answers browsers' CORS questions for the configured origins. */
export function guardOrigins(guard: OriginGuard, origins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const refusal = guard(request);
    if (refusal) throw refusal;
    const { origin } = request.headers;
    response.vary('Origin');
    if (origin !== undefined && origins.includes(origin)) {
      response.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': 'Location, Retry-After' });
      if (request.method === 'OPTIONS') {
        response.set({
          'Access-Control-Allow-Methods': 'GET, POST',
          'Access-Control-Allow-Headers':
            'Authorization, Content-Type, Apollo-Require-Preflight, X-Apollo-Operation-Name',
          'Access-Control-Max-Age': '86400',
        });
        response.status(204).end();
        return;
      }
    }
    next();
  };
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host);
}

/** Whether it is a name at all: the start page shows it. */
function isHost(host: string): boolean {
  return /^([\w.-]+|\[[\da-f:.]+\])(:\d+)?$/i.test(host);
}

/** Null for `null`, which sandboxed and local pages send. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
