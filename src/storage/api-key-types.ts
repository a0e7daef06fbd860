/** The port through which API keys are kept. */

/** What a key may do: a USER with what is its owner's, an ADMIN everything. */
export type KeyRole = 'USER' | 'ADMIN';

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the secret, hexadecimal. */
  readonly hash: string;
  readonly ownerId: string;
  readonly role: KeyRole;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

export type NewApiKey = Pick<ApiKeyRow, 'id' | 'name' | 'hash' | 'ownerId' | 'role' | 'expiresAt'>;

export interface ApiKeyRepository {
  create(key: NewApiKey): Promise<ApiKeyRow>;
  find(id: string): Promise<ApiKeyRow | null>;
  findMany(ids: readonly string[]): Promise<ApiKeyRow[]>;
  /** All keys, newest first. */
  list(): Promise<ApiKeyRow[]>;
  /** Marks a key as revoked, unless it was before. Null where there is none. */
  revoke(id: string, at: Date): Promise<ApiKeyRow | null>;
  /** Notes that a key was used. */
  touch(id: string, at: Date): Promise<void>;
}
