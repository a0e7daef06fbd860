import type { Recipe } from '../engine/index.js';
import type { PrismaClient } from './generated/client.js';
import type { PresetModel } from './generated/models/Preset.js';
import { newId } from './ids.js';

/** A preset of a user. */
export interface PresetRow {
  readonly id: string;
  readonly ownerId: string;
  /** Unique among the owner's presets. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly recipe: Recipe;
  readonly createdAt: Date;
}

export type NewPreset = Omit<PresetRow, 'id' | 'createdAt'>;

export type PresetChanges = Partial<Pick<PresetRow, 'name' | 'title' | 'description' | 'recipe'>>;

/** How many sessions were made with a preset. */
export interface PresetUse {
  /** The preset's name when the sessions were made. */
  readonly preset: string;
  /** Null for built-in presets. */
  readonly presetId: string | null;
  readonly count: number;
}

/** Presets of users in the database. */
export class PresetRepository {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly parseRecipe: (json: string) => Recipe,
  ) {}

  /** Adds a preset, or says why not: the owner has one of that name, or has `limit` presets. */
  async create({ recipe, ...preset }: NewPreset, limit: number): Promise<PresetRow | 'NAME_TAKEN' | 'FULL'> {
    const { ownerId, name } = preset;
    return await this.prisma.$transaction(async (tx) => {
      if (await tx.preset.findUnique({ where: { ownerId_name: { ownerId, name } } })) return 'NAME_TAKEN';
      if ((await tx.preset.count({ where: { ownerId } })) >= limit) return 'FULL';
      const data = { ...preset, id: newId('pre'), recipe: JSON.stringify(recipe) };
      return this.#toRow(await tx.preset.create({ data }));
    });
  }

  /**
   * Changes a preset as it is at this moment; an error thrown by `changesOf` changes nothing. NAME_TAKEN where the owner has
   * another preset of the new name; null where there is no such preset.
   */
  async update(id: string, changesOf: (preset: PresetRow) => PresetChanges): Promise<PresetRow | 'NAME_TAKEN' | null> {
    return await this.prisma.$transaction(async (tx) => {
      const found = await tx.preset.findUnique({ where: { id } });
      if (!found) return null;
      const preset = this.#toRow(found);
      const { recipe, ...changes } = changesOf(preset);
      const { ownerId, name } = { ...preset, ...changes };
      const namesake = await tx.preset.findUnique({ where: { ownerId_name: { ownerId, name } } });
      if (namesake && namesake.id !== id) return 'NAME_TAKEN';
      const data = { ...changes, recipe: recipe && JSON.stringify(recipe) };
      return this.#toRow(await tx.preset.update({ where: { id }, data }));
    });
  }

  /** Deletes a preset, if it exists. */
  async delete(id: string): Promise<void> {
    await this.prisma.preset.deleteMany({ where: { id } });
  }

  async find(id: string): Promise<PresetRow | null> {
    const preset = await this.prisma.preset.findUnique({ where: { id } });
    return preset && this.#toRow(preset);
  }

  async findByName(ownerId: string, name: string): Promise<PresetRow | null> {
    const preset = await this.prisma.preset.findUnique({ where: { ownerId_name: { ownerId, name } } });
    return preset && this.#toRow(preset);
  }

  /** The owner's presets, oldest first. */
  async list(ownerId: string): Promise<PresetRow[]> {
    const orderBy = [{ createdAt: 'asc' as const }, { id: 'asc' as const }];
    return (await this.prisma.preset.findMany({ where: { ownerId }, orderBy })).map((preset) => this.#toRow(preset));
  }

  /** How often the owner's sessions used each preset, in one query. A renamed preset has an entry for each name. */
  async uses(ownerId: string): Promise<PresetUse[]> {
    const groups = await this.prisma.session.groupBy({
      by: ['presetId', 'preset'],
      where: { ownerId },
      _count: { _all: true },
    });
    return groups.map(({ presetId, preset, _count }) => ({ presetId, preset, count: _count._all }));
  }

  #toRow(preset: PresetModel): PresetRow {
    return { ...preset, recipe: this.parseRecipe(preset.recipe) };
  }
}
