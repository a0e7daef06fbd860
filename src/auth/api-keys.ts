import { randomUUID } from 'node:crypto';
import { newId } from '../storage/ids.js';
import type { ApiKeyRepository, ApiKeyRow, KeyRole } from '../storage/types.js';
import { AuthError } from './errors.js';
import { isValid, type KeyWatch } from './key-watch.js';
import type { Principal } from './principal.js';
import { hashOf, isSecretOf, keyIdOf, newSecret } from './secret.js';

export const MAX_KEY_NAME = 100;
/** What an owner may be called: it stands in addresses and logs. */
const OWNER_ID = /^[\w.@-]{1,64}$/;
/** How exact "last used" is, milliseconds: a write a request would cost more than it tells. */
const TOUCH_MS = 60_000;

export interface CreateApiKey {
  readonly name: string;
  readonly role: KeyRole;
  /** Whose sessions and pictures it opens; a new owner where absent. */
  readonly ownerId?: string | undefined;
  readonly expiresAt?: Date | undefined;
}

export interface CreatedApiKey {
  readonly key: ApiKeyRow;
  /** Shown now and never again. */
  readonly secret: string;
}

/** API keys: made, listed, revoked, and asked what they open. */
export class ApiKeys {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly watch: KeyWatch,
  ) {}

  /** Throws `AuthError` INVALID_ARGUMENT. */
  async create({ name, role, ownerId, expiresAt }: CreateApiKey): Promise<CreatedApiKey> {
    const wrong = (field: string, message: string) => new AuthError('INVALID_ARGUMENT', message, field);
    const title = name.trim();
    if (title === '' || title.length > MAX_KEY_NAME)
      throw wrong(
        'name',
        `\`name\` has ${title.length} characters; it must have 1 to ${MAX_KEY_NAME}. Choose another name.`,
      );
    if (ownerId !== undefined && !OWNER_ID.test(ownerId)) {
      throw wrong('ownerId', '`ownerId` must have 1 to 64 letters, digits, or any of _ . @ -. Choose another id.');
    }
    if (expiresAt && !(expiresAt.getTime() > Date.now()))
      throw wrong('expiresAt', '`expiresAt` is in the past. Choose a time in the future.');
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

  /** All of them, the revoked and expired too, newest first. */
  async list(): Promise<ApiKeyRow[]> {
    return await this.keys.list();
  }

  /** Ends a key, and the streams that it opened. Revoking it again changes nothing. Throws `AuthError` API_KEY_NOT_FOUND. */
  async revoke(id: string): Promise<ApiKeyRow> {
    const key = await this.keys.revoke(id, new Date());
    if (!key)
      throw new AuthError('API_KEY_NOT_FOUND', `There is no API key ${id}. List the keys to find its id.`, 'id');
    this.watch.end(id);
    return key;
  }

  /** Whether anybody could administer the server by a key. */
  async hasAdmin(): Promise<boolean> {
    return (await this.keys.list()).some((key) => key.role === 'ADMIN' && isValid(key));
  }

  /** Whom a secret belongs to; null where it opens nothing. */
  async authenticate(secret: string): Promise<Principal | null> {
    const id = keyIdOf(secret);
    const key = id && (await this.keys.find(id));
    if (!key || !isSecretOf(key.hash, secret) || !isValid(key)) return null;
    const now = new Date();
    if (now.getTime() - (key.lastUsedAt?.getTime() ?? 0) >= TOUCH_MS) await this.keys.touch(key.id, now);
    const { ownerId, role, expiresAt } = key;
    return { ownerId, isAdmin: role === 'ADMIN', key: { id: key.id, expiresAt } };
  }
}
