/** Writes schema.graphql, sorted. With --check: fails where the file is stale, and writes nothing. */
import { readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { getSchema } from '../src/resolvers/schema.js';

const FILE = new URL('../schema.graphql', import.meta.url);

const text = `${printSchema(lexicographicSortSchema(getSchema()))}\n`;
if (process.argv.includes('--check')) {
  if ((await readFile(FILE, 'utf8').catch(() => '')) !== text) {
    console.error('schema.graphql is stale: run `npm run schema` and commit it.');
    process.exitCode = 1;
  }
} else {
  await writeFile(FILE, text);
}
