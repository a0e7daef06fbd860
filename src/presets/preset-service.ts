import { DEFAULT_PRESET, overrideRecipe, PRESETS, type Preset, type RecipeOverrides } from '../engine/index.js';
import type { PresetChanges, PresetRepository, PresetRow } from '../storage/index.js';
import { collectError } from './recipe-errors.js';
import { UserError, UserErrors } from '../core/errors.js';
import { checkPresetLabels } from './preset-labels.js';
import { isVisible, type Viewer } from '../core/viewer.js';

/** Presets of one owner. */
export const MAX_PRESETS = 100;

/** A preset as its viewers see it: built in, or of their own. */
export interface StoredPreset extends Preset {
  readonly id: string;
  readonly builtIn: boolean;
  /** Null of built-in ones. */
  readonly createdAt: Date | null;
}

/** What a caller asks for. */
export interface CreatePreset {
  readonly name: string;
  /** The name unless given. */
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** Name of the preset whose recipe it begins with; the default one unless given. */
  readonly basedOn?: string | undefined;
  /** What differs from that recipe. */
  readonly recipe?: RecipeOverrides | undefined;
}

/** What is absent stays as it is. */
export type UpdatePreset = Omit<CreatePreset, 'name' | 'basedOn'> & Partial<Pick<CreatePreset, 'name'>>;

const builtInId = (name: string) => `pre_${name}`;

const BUILT_IN: readonly StoredPreset[] = PRESETS.map((preset) => ({
  ...preset,
  id: builtInId(preset.name),
  builtIn: true,
  createdAt: null,
}));

/**
 * The built-in presets, which are everybody's, and the users' own. A session holds its recipe itself: whatever becomes of
 * a preset changes no session that was made with it.
 */
export class PresetService {
  constructor(private readonly presets: PresetRepository) {}

  /** The built-in ones, the default first, then the viewer's own, oldest first. */
  async list({ ownerId }: Viewer): Promise<StoredPreset[]> {
    return [...BUILT_IN, ...(await this.presets.list(ownerId)).map(fromRow)];
  }

  /** The preset that the viewer means by a name; null where there is none. */
  async find({ ownerId }: Viewer, name: string): Promise<StoredPreset | null> {
    // The viewer's own first: a built-in one that a later version brings must not take its place unnoticed.
    const own = await this.presets.findByName(ownerId, name);
    return own ? fromRow(own) : (BUILT_IN.find((preset) => preset.name === name) ?? null);
  }

  /** Null where the viewer has no such preset. */
  async findById(viewer: Viewer, id: string): Promise<StoredPreset | null> {
    const builtIn = BUILT_IN.find((preset) => preset.id === id);
    if (builtIn) return builtIn;
    const row = await this.presets.find(id);
    return row && isVisible(viewer, row) ? fromRow(row) : null;
  }

  /** How many of the viewer's own sessions were made with each preset, by the preset's id. */
  async useCounts({ ownerId }: Viewer): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const { preset, presetId, count } of await this.presets.uses(ownerId)) {
      const id = presetId ?? builtInId(preset);
      counts.set(id, (counts.get(id) ?? 0) + count);
    }
    return counts;
  }

  /** Throws `UserErrors` with every user error. */
  async create(viewer: Viewer, input: CreatePreset): Promise<StoredPreset> {
    const { name, description = '', basedOn = DEFAULT_PRESET, recipe: overrides = {} } = input;
    const errors = checkPresetLabels(input);
    const base = await this.find(viewer, basedOn);
    if (!base)
      errors.push(
        new UserError(
          'PRESET_NOT_FOUND',
          `There is no preset ${basedOn}. Choose one of the list of presets.`,
          'basedOn',
        ),
      );
    const recipe = base && collectError(errors, () => overrideRecipe(base.recipe, overrides));
    if (errors.length > 0 || !recipe) throw new UserErrors(errors);
    const title = input.title?.trim() || name;
    const created = await this.presets.create(
      { ownerId: viewer.ownerId, name, title, description: description.trim(), recipe },
      MAX_PRESETS,
    );
    if (created === 'NAME_TAKEN') throw nameTaken(name);
    if (created === 'FULL') {
      const message = `You have ${MAX_PRESETS} presets, which is the maximum. Delete one first.`;
      throw new UserError('TOO_MANY_PRESETS', message);
    }
    return fromRow(created);
  }

  /** Throws PRESET_NOT_FOUND or PRESET_BUILT_IN, or `UserErrors` with every user error. */
  async update(viewer: Viewer, id: string, input: UpdatePreset): Promise<StoredPreset> {
    await this.#own(viewer, id);
    const updated = await this.presets.update(id, (preset) => changesOf(preset, input));
    if (updated === 'NAME_TAKEN') throw nameTaken(input.name!);
    if (!updated) throw presetNotFound(id);
    return fromRow(updated);
  }

  /** Throws PRESET_NOT_FOUND or PRESET_BUILT_IN. */
  async delete(viewer: Viewer, id: string): Promise<string> {
    await this.#own(viewer, id);
    await this.presets.delete(id);
    return id;
  }

  async #own(viewer: Viewer, id: string): Promise<void> {
    const preset = await this.findById(viewer, id);
    if (!preset) throw presetNotFound(id);
    if (!preset.builtIn) return;
    const message = `The preset ${preset.name} is built in and cannot be changed or deleted. Create your own with \`basedOn\` set to ${preset.name}.`;
    throw new UserError('PRESET_BUILT_IN', message, 'id');
  }
}

function changesOf(preset: PresetRow, { name, title, description, recipe: overrides }: UpdatePreset): PresetChanges {
  // An unchanged name is not checked: a later version may have a built-in preset of that name.
  const errors = checkPresetLabels({ name: name === preset.name ? undefined : name, title, description });
  const recipe = overrides && collectError(errors, () => overrideRecipe(preset.recipe, overrides));
  if (errors.length > 0) throw new UserErrors(errors);
  return {
    ...(name !== undefined && { name }),
    ...(title !== undefined && { title: title.trim() || (name ?? preset.name) }),
    ...(description !== undefined && { description: description.trim() }),
    ...(recipe && { recipe }),
  };
}

function fromRow({ id, name, title, description, recipe, createdAt }: PresetRow): StoredPreset {
  return { id, name, title, description, recipe, builtIn: false, createdAt };
}

function nameTaken(name: string): UserError {
  return new UserError(
    'PRESET_NAME_TAKEN',
    `\`name\` is ${name}, and you have a preset of that name. Choose another name.`,
    'name',
  );
}

function presetNotFound(id: string): UserError {
  return new UserError('PRESET_NOT_FOUND', `There is no preset ${id}. List the presets to find its id.`, 'id');
}
