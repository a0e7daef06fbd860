import { openDatabase, visitDatabase, type Database } from './database.js';
import { StorageError } from './errors.js';
import type { PrismaClient } from './generated/client.js';
import type { ApiKeyModel } from './generated/models/ApiKey.js';

/** A USER key acts on what its owner has, an ADMIN key on everything. */
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

/** API keys in the database. */
export class ApiKeyRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async create(key: NewApiKey): Promise<ApiKeyRow> {
    return toRow(await this.prisma.apiKey.create({ data: key }));
  }

  async find(id: string): Promise<ApiKeyRow | null> {
    const key = await this.prisma.apiKey.findUnique({ where: { id } });
    return key && toRow(key);
  }

  async findMany(ids: readonly string[]): Promise<ApiKeyRow[]> {
    return (await this.prisma.apiKey.findMany({ where: { id: { in: [...ids] } } })).map(toRow);
  }

  /** All keys, newest first. */
  async list(): Promise<ApiKeyRow[]> {
    return (await this.prisma.apiKey.findMany({ orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] })).map(toRow);
  }

  /** Revokes a key; one that is revoked keeps its time. Null where there is none. */
  async revoke(id: string, at: Date): Promise<ApiKeyRow | null> {
    await this.prisma.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: at } });
    return await this.find(id);
  }

  /** Records when a key was last used. */
  async touch(id: string, at: Date): Promise<void> {
    await this.prisma.apiKey.updateMany({ where: { id }, data: { lastUsedAt: at } });
  }
}

function toRow(key: ApiKeyModel): ApiKeyRow {
  return { ...key, role: key.role as KeyRole };
}

export interface OpenApiKeys {
  readonly apiKeys: ApiKeyRepository;
  close(): Promise<void>;
}

/** Opens the API keys of a data folder, whether or not a server runs on it. Throws `StorageError` MIGRATION_MISMATCH. */
export async function openApiKeys(dataDir: string): Promise<OpenApiKeys> {
  const database = await openDatabase(dataDir).catch((error: unknown): Promise<Database> => {
    if (error instanceof StorageError && error.code === 'DATA_IN_USE') return visitDatabase(dataDir);
    throw error;
  });
  return { apiKeys: new ApiKeyRepository(database.prisma), close: () => database.close() };
}
