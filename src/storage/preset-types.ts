/** The port through which presets of users are kept. */
export interface PresetRow {
  readonly id: string;
  readonly ownerId: string;
  /** Unique among the owner's. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** JSON of a complete engine `Recipe`. */
  readonly recipe: string;
  readonly createdAt: Date;
}

export type NewPreset = Omit<PresetRow, 'id' | 'createdAt'>;

export type PresetChanges = Partial<Pick<PresetRow, 'name' | 'title' | 'description' | 'recipe'>>;

/** How many sessions were made with a preset. */
export interface PresetUse {
  /** The preset's name at the time. */
  readonly preset: string;
  /** Null of built-in ones. */
  readonly presetId: string | null;
  readonly count: number;
}

export interface PresetRepository {
  /** Adds a preset; or says why not: its owner has one of that name, or `limit` of them. */
  create(preset: NewPreset, limit: number): Promise<PresetRow | 'NAME_TAKEN' | 'FULL'>;
  /**
   * Changes a preset as it is at this moment: what `changesOf` throws leaves it as it was. Says why not where its owner has
   * another of the new name; null where there is no such preset.
   */
  update(id: string, changesOf: (preset: PresetRow) => PresetChanges): Promise<PresetRow | 'NAME_TAKEN' | null>;
  /** No work where there is none. */
  delete(id: string): Promise<void>;
  find(id: string): Promise<PresetRow | null>;
  findByName(ownerId: string, name: string): Promise<PresetRow | null>;
  /** The owner's, oldest first. */
  list(ownerId: string): Promise<PresetRow[]>;
  /** How often the owner's sessions were made with each preset, in one query. A renamed preset comes once for each name. */
  uses(ownerId: string): Promise<PresetUse[]>;
}
