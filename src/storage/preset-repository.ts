import type { PrismaClient } from './generated/client.js';
import { newId } from './ids.js';
import type { NewPreset, PresetChanges, PresetRepository, PresetRow, PresetUse } from './preset-types.js';

/** Presets of users in the database. */
export class PrismaPresetRepository implements PresetRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async create(preset: NewPreset, limit: number): Promise<PresetRow | 'NAME_TAKEN' | 'FULL'> {
    const { ownerId, name } = preset;
    return await this.prisma.$transaction(async (tx) => {
      if (await tx.preset.findUnique({ where: { ownerId_name: { ownerId, name } } })) return 'NAME_TAKEN';
      if ((await tx.preset.count({ where: { ownerId } })) >= limit) return 'FULL';
      return await tx.preset.create({ data: { ...preset, id: newId('pre') } });
    });
  }

  async update(id: string, changesOf: (preset: PresetRow) => PresetChanges): Promise<PresetRow | 'NAME_TAKEN' | null> {
    return await this.prisma.$transaction(async (tx) => {
      const preset = await tx.preset.findUnique({ where: { id } });
      if (!preset) return null;
      const data = changesOf(preset);
      const { ownerId, name } = { ...preset, ...data };
      const namesake = await tx.preset.findUnique({ where: { ownerId_name: { ownerId, name } } });
      if (namesake && namesake.id !== id) return 'NAME_TAKEN';
      return await tx.preset.update({ where: { id }, data });
    });
  }

  async delete(id: string): Promise<void> {
    await this.prisma.preset.deleteMany({ where: { id } });
  }

  async find(id: string): Promise<PresetRow | null> {
    return await this.prisma.preset.findUnique({ where: { id } });
  }

  async findByName(ownerId: string, name: string): Promise<PresetRow | null> {
    return await this.prisma.preset.findUnique({ where: { ownerId_name: { ownerId, name } } });
  }

  async list(ownerId: string): Promise<PresetRow[]> {
    return await this.prisma.preset.findMany({ where: { ownerId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  }

  async uses(ownerId: string): Promise<PresetUse[]> {
    const groups = await this.prisma.session.groupBy({
      by: ['presetId', 'preset'],
      where: { ownerId },
      _count: { _all: true },
    });
    return groups.map(({ presetId, preset, _count }) => ({ presetId, preset, count: _count._all }));
  }
}
