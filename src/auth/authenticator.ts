import type { IncomingMessage } from 'node:http';
import type { Viewer } from '../core/viewer.js';
import type { ApiKeys } from './api-keys.js';

export type AuthErrorCode =
  /** The API key is missing, unknown, revoked or expired. */
  | 'UNAUTHENTICATED'
  /** The signed URL has expired. */
  | 'URL_EXPIRED'
  /** The signature does not match the URL. */
  | 'URL_FORGED';

/** A request without a valid API key or signature. */
export class AuthError extends Error {
  override readonly name = 'AuthError';

  constructor(
    readonly code: AuthErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** Finds the viewer of an HTTP request or a WebSocket connection. */
export class Authenticator {
  constructor(
    private readonly keys: Pick<ApiKeys, 'authenticate'>,
    /** The viewer of every request if the server needs no keys; null if it does. */
    private readonly localViewer: Viewer | null,
  ) {}

  /** Whether requests need an API key. */
  get isRequired(): boolean {
    return this.localViewer === null;
  }

  /**
   * The viewer of an `Authorization` header (`Bearer <key>`); null if a key is required and the header is missing.
   * Throws `AuthError` UNAUTHENTICATED if the key is unknown, revoked or expired.
   */
  async identify(authorization: string | undefined): Promise<Viewer | null> {
    if (this.localViewer) return this.localViewer;
    if (authorization === undefined) return null;
    const [, secret] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
    const viewer = secret ? await this.keys.authenticate(secret) : null;
    if (!viewer) {
      throw new AuthError('UNAUTHENTICATED', 'The API key is unknown, revoked or expired. Send a valid key.');
    }
    return viewer;
  }
}

/** The error of a request without an API key. */
export function keyMissing(): AuthError {
  return new AuthError(
    'UNAUTHENTICATED',
    'This server requires an API key. Send the header "Authorization: Bearer <key>"; over WebSocket, send it in connectionParams.',
  );
}

const viewers = new WeakMap<IncomingMessage, Viewer>();

/** Records the viewer of a request. */
export function setViewer(request: IncomingMessage, viewer: Viewer): void {
  viewers.set(request, viewer);
}

/** The viewer of a request. Throws if the route is mounted before the authentication. */
export function viewerOf(request: IncomingMessage): Viewer {
  const viewer = viewers.get(request);
  if (!viewer) throw new Error('The request has not been authenticated.');
  return viewer;
}
