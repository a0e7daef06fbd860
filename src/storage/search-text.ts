/** Where the characters that LIKE interprets go: Unicode's private use area, so that they find themselves. */
const PRIVATE_USE = 0xe000;

/**
 * A text as it is searched, and as what is searched for: compatibility forms unified (NFKC), in lower case, and without
 * the characters that LIKE gives a meaning to, because Prisma cannot escape them on SQLite.
 */
export function searchText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[%_\\]/g, (character) => String.fromCharCode(PRIVATE_USE + character.charCodeAt(0)));
}
