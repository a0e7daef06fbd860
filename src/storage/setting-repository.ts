import type { PrismaClient } from './generated/client.js';
import type { SettingRepository } from './types.js';

/** Settings in the database. */
export class PrismaSettingRepository implements SettingRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async get(key: string): Promise<string | null> {
    return (await this.prisma.setting.findUnique({ where: { key } }))?.value ?? null;
  }

  async set(key: string, value: string): Promise<void> {
    await this.prisma.setting.upsert({ where: { key }, create: { key, value }, update: { value } });
  }
}
