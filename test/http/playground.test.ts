import { readFile } from 'node:fs/promises';
import { buildSchema, parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { playgroundTabs } from '../../src/http/playground.js';
import { serveFixture } from '../support/server.js';
import { get } from './support.js';

/** The external URLs that a page would load. */
const ELSEWHERE =
  /(?:\bsrc|\bhref)\s*=\s*["']?(?:https?:)?\/\/[^\s"'>]+|url\(\s*["']?(?:https?:)?\/\/[^)]+\)|@import\s+["'][^"']+/g;

it('the playground loads nothing from other servers', async () => {
  const { url } = await serveFixture();
  const response = await fetch(`${url}/playground`);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = response.headers.get('content-security-policy')!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/https?:|\*/);
  const html = await response.text();
  // Scripts may contain URLs, such as links to documentation; the policy prevents loading them.
  const markup = html.replace(/<script>.*?<\/script>/gs, '');
  expect(markup.match(ELSEWHERE)).toBeNull();
  expect(markup.match(/%[A-Z]{2,}%/)).toBeNull();
});

it('the playground is revalidated with its ETag', async () => {
  const { url } = await serveFixture();
  const etag = (await fetch(`${url}/playground`)).headers.get('etag')!;
  expect((await get(`${url}/playground`, { 'If-None-Match': etag })).status).toBe(304);
});

const SCHEMA = new URL('../../schema.graphql', import.meta.url);

it('the playground’s tabs have operations and variables', async () => {
  const schema = buildSchema(await readFile(SCHEMA, 'utf8'));
  for (const { query, variables } of await playgroundTabs()) {
    expect(validate(schema, parse(query))).toEqual([]);
    if (variables) expect(() => JSON.parse(variables) as unknown).not.toThrow();
  }
});
