/** What owners call their presets. */
import { PRESETS } from '../engine/index.js';
import { UserError } from '../core/errors.js';

export const MAX_PRESET_NAME = 40;
/** In UTF-16 units, as GraphQL clients count; of the description, too. */
export const MAX_PRESET_TITLE = 100;
export const MAX_PRESET_DESCRIPTION = 1000;

/** As it stands in addresses and on command lines, too. */
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export interface PresetLabels {
  readonly name?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
}

/** Mistakes in those that are given. */
export function checkPresetLabels({ name, title = '', description = '' }: PresetLabels): UserError[] {
  const errors: UserError[] = [];
  const wrong = (field: keyof PresetLabels, message: string) =>
    errors.push(new UserError('INVALID_PRESET', message, field));
  if (name !== undefined && (name.length > MAX_PRESET_NAME || !NAME.test(name))) {
    wrong(
      'name',
      `A name has 1 to ${MAX_PRESET_NAME} lower-case letters (a to z) and digits, with single dashes between them, as in my-oils.`,
    );
  }
  if (PRESETS.some((preset) => preset.name === name)) {
    errors.push(new UserError('PRESET_NAME_TAKEN', `${name} is a built-in preset's name; choose another.`, 'name'));
  }
  if (title.length > MAX_PRESET_TITLE) {
    wrong('title', `A title has at most ${MAX_PRESET_TITLE} characters; this has ${title.length}.`);
  }
  if (description.length > MAX_PRESET_DESCRIPTION) {
    wrong(
      'description',
      `A description has at most ${MAX_PRESET_DESCRIPTION} characters; this has ${description.length}.`,
    );
  }
  return errors;
}
