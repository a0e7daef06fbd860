import type { Request, RequestHandler } from 'express';
import { AuthError, keyMissing, setViewer } from '../auth/authenticator.js';
import type { Access } from '../auth/index.js';
import { rateMessage } from '../auth/request-limiter.js';
import type { Viewer } from '../core/viewer.js';
import { HttpError } from './errors.js';

/**
 * Finds the viewer of a request by its API key or its URL's signature, for `viewerOf`. Refuses requests without a valid
 * one (401, 403) and clients over their rate limit (429).
 */
export function authenticate(access: Pick<Access, 'authenticator' | 'urls' | 'limiter'>): RequestHandler {
  return async (request, response, next) => {
    response.vary('Authorization');
    const viewer = await identify(request, access).catch((error: unknown) => error as Error);
    const isKnown = !(viewer instanceof Error);
    // Invalid keys are counted by address, so that guessing is limited, too.
    const wait = await access.limiter.take(isKnown ? viewer.ownerId : `address ${request.socket.remoteAddress}`);
    if (wait > 0) throw new HttpError(429, 'RATE_LIMITED', rateMessage(wait), null, wait);
    if (!isKnown) throw viewer instanceof AuthError ? toHttpError(viewer) : viewer;
    setViewer(request, viewer);
    next();
  };
}

async function identify(
  request: Request,
  { authenticator, urls }: Pick<Access, 'authenticator' | 'urls'>,
): Promise<Viewer> {
  const { authorization } = request.headers;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const signed = authorization === undefined && isRead ? urls.verify(request.originalUrl) : null;
  const viewer = signed ?? (await authenticator.identify(authorization));
  if (!viewer) throw keyMissing();
  return viewer;
}

function toHttpError({ code, message }: AuthError): HttpError {
  return code === 'UNAUTHENTICATED'
    ? new HttpError(401, code, message, 'authorization')
    : new HttpError(403, code, message, 'signature');
}
