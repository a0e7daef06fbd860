import type { Request, RequestHandler } from 'express';
import { keyMissing, type Authenticator } from '../auth/authenticator.js';
import { AuthError } from '../auth/errors.js';
import { setPrincipal, type Principal } from '../auth/principal.js';
import { rateMessage, type RequestLimiter } from '../auth/request-limiter.js';
import type { UrlSigner } from '../auth/url-signer.js';
import { HttpError } from './errors.js';

/** Who may, and how often. */
export interface Access {
  readonly authenticator: Authenticator;
  readonly urls: UrlSigner;
  readonly limiter: RequestLimiter;
}

/**
 * Finds out who sent a request, by its API key or by the signature of its address, and refuses those who may not (401, 403)
 * or ask too often (429). What comes behind it may ask `principalOf`.
 */
export function authenticate({ authenticator, urls, limiter }: Access): RequestHandler {
  return async (request, response, next) => {
    response.vary('Authorization');
    const principal = await identify(request, authenticator, urls).catch((error: unknown) => error as AuthError);
    const isKnown = !(principal instanceof Error);
    // Who tries keys is counted by address; who is known, by name.
    const wait = await limiter.take(isKnown ? principal.ownerId : `address ${request.socket.remoteAddress}`);
    if (wait > 0) throw new HttpError(429, 'RATE_LIMITED', rateMessage(wait), null, wait);
    if (!isKnown) throw principal instanceof AuthError ? toHttpError(principal) : principal;
    setPrincipal(request, principal);
    next();
  };
}

async function identify(request: Request, authenticator: Authenticator, urls: UrlSigner): Promise<Principal> {
  const { authorization } = request.headers;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const signed = authorization === undefined && isRead ? urls.verify(request.originalUrl) : null;
  const principal = signed ?? (await authenticator.identify(authorization));
  if (!principal) throw keyMissing();
  return principal;
}

function toHttpError({ code, message }: AuthError): HttpError {
  return code === 'UNAUTHENTICATED'
    ? new HttpError(401, code, message, 'authorization')
    : new HttpError(403, code, message, 'signature');
}
