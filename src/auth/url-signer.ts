import { createHmac, timingSafeEqual } from 'node:crypto';
import { AuthError } from './errors.js';
import type { Principal } from './principal.js';

/** Addresses made within the same hour are equal, so that caches know them again; they hold for one to two hours. */
const GRAIN_MS = 3_600_000;

/** Signs addresses of pictures, so that an `<img>`, which can send no key, may show them for a while. */
export class UrlSigner {
  constructor(
    /** Null on a server that asks for no keys: addresses stay as they are. */
    private readonly secret: Buffer | null,
  ) {}

  /** The address with its owner's permission to read it: `?expires=<seconds since 1970>&owner=...&signature=...`. */
  sign(path: string, ownerId: string): string {
    if (!this.secret) return path;
    const expires = (Math.ceil(Date.now() / GRAIN_MS) + 1) * (GRAIN_MS / 1000);
    const signed = `${path}${path.includes('?') ? '&' : '?'}expires=${expires}&owner=${encodeURIComponent(ownerId)}`;
    return `${signed}&signature=${hmac(this.secret, signed)}`;
  }

  /** Whom a signed address speaks for; null where it is not signed. Throws `AuthError` URL_FORGED or URL_EXPIRED. */
  verify(url: string): Principal | null {
    // The signature covers all before it to the letter, and nothing may come after it.
    const [, signed, signature] = /^(.+)&signature=([^&]*)$/.exec(url) ?? [];
    if (!this.secret || signed === undefined) return null;
    if (!isSame(signature!, hmac(this.secret, signed))) {
      throw new AuthError('URL_FORGED', 'This address was not signed by this server, or was changed since.');
    }
    const query = new URLSearchParams(signed.slice(signed.indexOf('?')));
    if (Number(query.get('expires')) * 1000 <= Date.now()) {
      throw new AuthError('URL_EXPIRED', 'This address has expired; ask the API for it again.');
    }
    return { ownerId: query.get('owner')!, isAdmin: false };
  }
}

function hmac(secret: Buffer, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
