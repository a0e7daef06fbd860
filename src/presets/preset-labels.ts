/** Names, titles and descriptions that owners give to their presets. */
import { PRESETS } from '../engine/index.js';
import { UserError } from '../core/errors.js';

export const MAX_PRESET_NAME = 40;
/** In UTF-16 code units, as GraphQL clients count. */
export const MAX_PRESET_TITLE = 100;
/** In UTF-16 code units. */
export const MAX_PRESET_DESCRIPTION = 1000;

/** Usable in URLs and on command lines. */
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export interface PresetLabels {
  readonly name?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
}

/** User errors in the given labels. */
export function checkPresetLabels({ name, title = '', description = '' }: PresetLabels): UserError[] {
  const errors: UserError[] = [];
  const wrong = (field: keyof PresetLabels, message: string) =>
    errors.push(new UserError('INVALID_PRESET', message, field));
  if (name !== undefined && (name.length > MAX_PRESET_NAME || !NAME.test(name))) {
    wrong(
      'name',
      `\`name\` must have 1 to ${MAX_PRESET_NAME} lower-case letters (a to z) and digits, with single dashes between them. Write it like my-oils.`,
    );
  }
  if (PRESETS.some((preset) => preset.name === name)) {
    errors.push(
      new UserError(
        'PRESET_NAME_TAKEN',
        `\`name\` is ${name}, the name of a built-in preset. Choose another name.`,
        'name',
      ),
    );
  }
  if (title.length > MAX_PRESET_TITLE) {
    wrong('title', `\`title\` has ${title.length} characters; the maximum is ${MAX_PRESET_TITLE}. Shorten it.`);
  }
  if (description.length > MAX_PRESET_DESCRIPTION) {
    wrong(
      'description',
      `\`description\` has ${description.length} characters; the maximum is ${MAX_PRESET_DESCRIPTION}. Shorten it.`,
    );
  }
  return errors;
}
