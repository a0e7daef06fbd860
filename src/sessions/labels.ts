/** Titles and tags that owners give to their sessions. */
import { UserError } from '../core/errors.js';

/** In UTF-16 code units, as GraphQL clients count. */
export const MAX_TITLE_LENGTH = 200;
/** Tags per session. */
export const MAX_TAGS = 16;
/** In characters. */
export const MAX_TAG_LENGTH = 32;

/** User errors in a title. */
export function checkTitle(title: string | null | undefined): UserError[] {
  const length = title?.length ?? 0;
  if (length <= MAX_TITLE_LENGTH) return [];
  const message = `\`title\` has ${length} characters; the maximum is ${MAX_TITLE_LENGTH}. Shorten it.`;
  return [new UserError('INVALID_TITLE', message, 'title')];
}

/** The form in which a tag is stored, listed and searched: NFC, lower case, single spaces between words. */
export function cleanTag(tag: string): string {
  return tag.normalize('NFC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** Tags as they are stored: without duplicates, in alphabetical order. */
export function cleanTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map(cleanTag))].toSorted();
}

/** User errors in tags. */
export function checkTags(tags: readonly string[]): UserError[] {
  const errors: UserError[] = [];
  const add = (field: string, problem: string) =>
    errors.push(new UserError('INVALID_TAGS', `\`${field}\` ${problem}`, field));
  for (const [index, given] of tags.slice(0, MAX_TAGS).entries()) {
    const tag = cleanTag(given);
    const length = [...tag].length;
    const field = `tags.${index}`;
    if (length === 0) add(field, 'is empty. Remove it or write a word.');
    else if (length > MAX_TAG_LENGTH) {
      add(field, `has ${length} characters; the maximum is ${MAX_TAG_LENGTH}. Shorten it.`);
    } else if (/\p{Cc}/u.test(tag)) add(field, 'has control characters. Remove them.');
  }
  if (tags.length > MAX_TAGS) add('tags', `has ${tags.length} entries; the maximum is ${MAX_TAGS}. Remove some.`);
  return errors;
}
