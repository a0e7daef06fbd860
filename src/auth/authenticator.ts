import type { ApiKeys } from './api-keys.js';
import { AuthError } from './errors.js';
import type { Principal } from './principal.js';

/** Finds out who asks, on HTTP and on sockets alike. */
export class Authenticator {
  constructor(
    private readonly keys: Pick<ApiKeys, 'authenticate'>,
    /** Who everybody is on a server that asks for no keys; null on one that does. */
    private readonly everybody: Principal | null,
  ) {}

  /** Whether one needs a key. */
  get isRequired(): boolean {
    return this.everybody === null;
  }

  /**
   * Whom an `Authorization` header (`Bearer <key>`) speaks for; null where there is none but one is needed.
   * Throws `AuthError` UNAUTHENTICATED for a key that does not hold.
   */
  async identify(authorization: string | undefined): Promise<Principal | null> {
    if (this.everybody) return this.everybody;
    if (authorization === undefined) return null;
    const [, secret] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
    const principal = secret ? await this.keys.authenticate(secret) : null;
    if (!principal) {
      throw new AuthError('UNAUTHENTICATED', 'This API key does not hold: it is unknown, revoked or has expired.');
    }
    return principal;
  }
}

/** For those who brought no key where one is needed. */
export function keyMissing(): AuthError<'UNAUTHENTICATED'> {
  return new AuthError(
    'UNAUTHENTICATED',
    'This server wants an API key: "Authorization: Bearer <key>" as a header, or on a socket in the connectionParams.',
  );
}
