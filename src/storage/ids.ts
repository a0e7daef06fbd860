import { randomUUID } from 'node:crypto';

/** A new identifier that cannot be guessed: the prefix says what it names, then 32 hexadecimal digits. */
export function newId(prefix: 'img' | 'ses' | 'pre' | 'key'): string {
  return `${prefix}_${randomUUID().replaceAll('-', '')}`;
}
