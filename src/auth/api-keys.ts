import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { UserError } from '../core/errors.js';
import type { Viewer } from '../core/viewer.js';
import { newId } from '../storage/ids.js';
import type { ApiKeyRepository, ApiKeyRow, KeyRole } from '../storage/index.js';
import { isValid, type KeyWatch } from './key-watch.js';

export const MAX_KEY_NAME = 100;
/** Characters of an owner id, which occurs in URLs and logs. */
const OWNER_ID = /^[\w.@-]{1,64}$/;
/** Precision of `lastUsedAt`, milliseconds: a database write per request would cost too much. */
const TOUCH_MS = 60_000;
/** Hexadecimal digits of the key id in a secret's prefix. */
const PREFIX_DIGITS = 8;

export interface CreateApiKey {
  readonly name: string;
  readonly role: KeyRole;
  /** Owner of everything that the key's users create; default: a new owner. */
  readonly ownerId?: string | undefined;
  readonly expiresAt?: Date | undefined;
}

export interface CreatedApiKey {
  readonly key: ApiKeyRow;
  /** Only the hash is stored, so the secret can be shown only now. */
  readonly secret: string;
}

/** Creates, lists, revokes and verifies API keys. */
export class ApiKeys {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly watch: KeyWatch,
  ) {}

  /** Throws `UserError` INVALID_ARGUMENT. */
  async create({ name, role, ownerId, expiresAt }: CreateApiKey): Promise<CreatedApiKey> {
    const title = name.trim();
    if (title === '' || title.length > MAX_KEY_NAME) {
      const message = `\`name\` has ${title.length} characters; it must have 1 to ${MAX_KEY_NAME}. Choose another name.`;
      throw new UserError('INVALID_ARGUMENT', message, 'name');
    }
    if (ownerId !== undefined && !OWNER_ID.test(ownerId)) {
      const message = '`ownerId` must have 1 to 64 letters, digits, or any of _ . @ -. Choose another id.';
      throw new UserError('INVALID_ARGUMENT', message, 'ownerId');
    }
    if (expiresAt && !(expiresAt.getTime() > Date.now())) {
      const message = '`expiresAt` is in the past. Choose a time in the future.';
      throw new UserError('INVALID_ARGUMENT', message, 'expiresAt');
    }
    const id = newId('key');
    const secret = newSecret(id);
    const key = await this.keys.create({
      id,
      name: title,
      hash: hashOf(secret),
      ownerId: ownerId ?? `own_${randomUUID().replaceAll('-', '')}`,
      role,
      expiresAt: expiresAt ?? null,
    });
    return { key, secret };
  }

  /** All keys, newest first, revoked and expired ones included. */
  async list(): Promise<ApiKeyRow[]> {
    return await this.keys.list();
  }

  /** Revokes a key and ends the streams that it opened. Idempotent. Throws `UserError` API_KEY_NOT_FOUND. */
  async revoke(id: string): Promise<ApiKeyRow> {
    const key = await this.keys.revoke(id, new Date());
    if (!key) {
      throw new UserError('API_KEY_NOT_FOUND', `There is no API key ${id}. List the keys to find its id.`, 'id');
    }
    this.watch.end(id);
    return key;
  }

  /** Whether a valid admin key exists. */
  async hasAdmin(): Promise<boolean> {
    return (await this.keys.list()).some((key) => key.role === 'ADMIN' && isValid(key));
  }

  /** The viewer of a secret; null if its key is unknown, revoked or expired. */
  async authenticate(secret: string): Promise<Viewer | null> {
    const id = keyIdOf(secret);
    const key = id && (await this.keys.find(id));
    if (!key || !isSecretOf(key.hash, secret) || !isValid(key)) return null;
    const now = new Date();
    if (now.getTime() - (key.lastUsedAt?.getTime() ?? 0) >= TOUCH_MS) await this.keys.touch(key.id, now);
    const { ownerId, role, expiresAt } = key;
    return { ownerId, isAdmin: role === 'ADMIN', key: { id: key.id, expiresAt } };
  }
}

/** A new secret of the key `key_<hex>`: 256 random bits after a prefix that people and secret scanners recognise. */
export function newSecret(keyId: string): string {
  return `easel_${keyId.replace('key_', '')}_${randomBytes(32).toString('base64url')}`;
}

/** The key id in a secret; null if the text is not a secret. */
export function keyIdOf(secret: string): string | null {
  const [, hex] = /^easel_([0-9a-f]{32})_[\w-]{43}$/.exec(secret) ?? [];
  return hex ? `key_${hex}` : null;
}

/** The first characters of a key's secret, which tell keys apart and contain no random bits of the secret. */
export function prefixOf(keyId: string): string {
  return `easel_${keyId.replace('key_', '').slice(0, PREFIX_DIGITS)}`;
}

/** SHA-256, hexadecimal. Secrets are random, so a slow password hash is not needed. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether a hash is that of a secret; takes constant time. */
export function isSecretOf(hash: string, secret: string): boolean {
  return timingSafeEqual(Buffer.from(hash, 'hex'), Buffer.from(hashOf(secret), 'hex'));
}
