import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Hexadecimal digits of the id that show which key a secret belongs to. */
const SHOWN_DIGITS = 8;

/** A new secret for the key `key_<hex>`: 256 random bits, behind what tells people and scanners what it is. */
export function newSecret(keyId: string): string {
  return `easel_${keyId.replace('key_', '')}_${randomBytes(32).toString('base64url')}`;
}

/** The id of the key that a secret says it belongs to; null for a text that is no secret. */
export function keyIdOf(secret: string): string | null {
  const [, hex] = /^easel_([0-9a-f]{32})_[\w-]{43}$/.exec(secret) ?? [];
  return hex ? `key_${hex}` : null;
}

/** How a key's secret begins: enough to tell keys apart, of no use to anybody else. */
export function prefixOf(keyId: string): string {
  return `easel_${keyId.replace('key_', '').slice(0, SHOWN_DIGITS)}`;
}

/** SHA-256, hexadecimal. A slow hash would protect guessable secrets; these are not. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether a secret is the one that was hashed, told in a time that does not depend on where they differ. */
export function isSecretOf(hash: string, secret: string): boolean {
  return timingSafeEqual(Buffer.from(hash, 'hex'), Buffer.from(hashOf(secret), 'hex'));
}
