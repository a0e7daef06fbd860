import type { PrismaClient } from './generated/client.js';
import type { ApiKeyModel } from './generated/models/ApiKey.js';
import type { ApiKeyRepository, ApiKeyRow, KeyRole, NewApiKey } from './types.js';

/** API keys in the database. */
export class PrismaApiKeyRepository implements ApiKeyRepository {
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

  async list(): Promise<ApiKeyRow[]> {
    return (await this.prisma.apiKey.findMany({ orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] })).map(toRow);
  }

  async revoke(id: string, at: Date): Promise<ApiKeyRow | null> {
    await this.prisma.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: at } });
    return await this.find(id);
  }

  async touch(id: string, at: Date): Promise<void> {
    await this.prisma.apiKey.updateMany({ where: { id }, data: { lastUsedAt: at } });
  }
}

function toRow(key: ApiKeyModel): ApiKeyRow {
  return { ...key, role: key.role as KeyRole };
}
