import { access, readdir, readFile } from 'node:fs/promises';
import { parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { getSchema } from '../../src/resolvers/schema.js';

it('docs/history.md holds operations that the schema knows', async () => {
  const text = await readFile(new URL('../../docs/history.md', import.meta.url), 'utf8');
  const operations = [...text.matchAll(/```graphql\n(.*?)```/gs)].map(([, operation]) => operation!);
  expect(operations).toHaveLength(3);
  for (const operation of operations) expect(validate(getSchema(), parse(operation))).toEqual([]);
});

it('docs/README.md lists every page, and nothing that is not there', async () => {
  const docs = new URL('../../docs/', import.meta.url);
  const text = await readFile(new URL('README.md', docs), 'utf8');
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!);
  const pages = (await readdir(docs)).filter((name) => !['README.md', 'images'].includes(name));
  expect(pages.filter((page) => !links.includes(page))).toEqual([]);
  for (const link of links) await expect(access(new URL(link, docs)), link).resolves.toBeUndefined();
});
