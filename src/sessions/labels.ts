/** What owners call their sessions, and the tags that they file them under. */
import { UserError } from '../core/errors.js';

/** In UTF-16 units, as GraphQL clients count. */
export const MAX_TITLE_LENGTH = 200;
/** Tags of one session. */
export const MAX_TAGS = 16;
/** In characters. */
export const MAX_TAG_LENGTH = 32;

/** Mistakes in a title. */
export function checkTitle(title: string | null | undefined): UserError[] {
  if ((title?.length ?? 0) <= MAX_TITLE_LENGTH) return [];
  return [new UserError('INVALID_TITLE', `A title has at most ${MAX_TITLE_LENGTH} characters.`, 'title')];
}

/** A tag in the one form that it is kept, listed and looked for in: composed, in lower case, single spaces between words. */
export function cleanTag(tag: string): string {
  return tag.normalize('NFC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** Tags as they are kept: each once, in alphabetical order. */
export function cleanTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map(cleanTag))].toSorted();
}

/** Mistakes in tags. */
export function checkTags(tags: readonly string[]): UserError[] {
  const wrong = (message: string, field: string) => new UserError('INVALID_TAGS', message, field);
  const errors = tags.slice(0, MAX_TAGS).flatMap((given, index) => {
    const tag = cleanTag(given);
    const length = [...tag].length;
    const field = `tags.${index}`;
    if (length === 0) return [wrong('A tag is not empty.', field)];
    if (length > MAX_TAG_LENGTH) {
      return [wrong(`A tag has at most ${MAX_TAG_LENGTH} characters; this has ${length}.`, field)];
    }
    return /\p{Cc}/u.test(tag) ? [wrong('A tag has no control characters.', field)] : [];
  });
  if (tags.length > MAX_TAGS)
    errors.push(wrong(`A session has at most ${MAX_TAGS} tags; these are ${tags.length}.`, 'tags'));
  return errors;
}
