import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Viewer } from '../core/viewer.js';
import { AuthError } from './authenticator.js';

/** Signatures of the same hour are equal, so that caches recognise the URL. A signature is valid for one to two hours. */
const GRAIN_MS = 3_600_000;
const SECRET_BYTES = 32;

/** Signs image URLs, so that an `<img>` element, which cannot send an API key, can load the image for a while. */
export class UrlSigner {
  constructor(
    /** Null on a server without API keys: URLs are not signed. */
    private readonly secret: Buffer | null,
  ) {}

  /** Appends `expires` (Unix time, seconds), `owner` and `signature` to the query of a URL. */
  sign(url: string, ownerId: string): string {
    if (!this.secret) return url;
    const expires = (Math.ceil(Date.now() / GRAIN_MS) + 1) * (GRAIN_MS / 1000);
    const signed = `${url}${url.includes('?') ? '&' : '?'}expires=${expires}&owner=${encodeURIComponent(ownerId)}`;
    return `${signed}&signature=${hmac(this.secret, signed)}`;
  }

  /** The viewer of a signed URL; null if the URL is not signed. Throws `AuthError` URL_FORGED or URL_EXPIRED. */
  verify(url: string): Viewer | null {
    // The signature covers every character before it and must come last.
    const [, signed, signature] = /^(.+)&signature=([^&]*)$/.exec(url) ?? [];
    if (!this.secret || signed === undefined) return null;
    if (!isSame(signature!, hmac(this.secret, signed))) {
      throw new AuthError('URL_FORGED', 'The signature does not match this URL. Request a new URL from the API.');
    }
    const query = new URLSearchParams(signed.slice(signed.indexOf('?')));
    if (Number(query.get('expires')) * 1000 <= Date.now()) {
      throw new AuthError('URL_EXPIRED', 'This URL has expired. Request a new URL from the API.');
    }
    return { ownerId: query.get('owner')!, isAdmin: false };
  }
}

/** Reads the data folder's URL secret, or creates it, readable by its owner only. */
export async function openUrlSecret(dataDir: string): Promise<Buffer> {
  const file = path.join(dataDir, 'url-secret');
  const stored = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (stored?.length === SECRET_BYTES) return stored;
  const secret = randomBytes(SECRET_BYTES);
  await writeFileAtomic(file, secret, { mode: 0o600 });
  return secret;
}

function hmac(secret: Buffer, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
