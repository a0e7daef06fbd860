import { randomUUID } from 'node:crypto';

/** A new identifier that cannot be guessed: a prefix for the type, then 32 hexadecimal digits. */
export function newId(prefix: 'img' | 'ses' | 'pre' | 'key'): string {
  return `${prefix}_${randomUUID().replaceAll('-', '')}`;
}
