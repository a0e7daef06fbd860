import { readFile } from 'node:fs/promises';
import { parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { getSchema } from '../src/resolvers/schema.js';

it('docs/history.md holds operations that the schema knows', async () => {
  const text = await readFile(new URL('../docs/history.md', import.meta.url), 'utf8');
  const operations = [...text.matchAll(/```graphql\n(.*?)```/gs)].map(([, operation]) => operation!);
  expect(operations).toHaveLength(3);
  for (const operation of operations) expect(validate(getSchema(), parse(operation))).toEqual([]);
});
