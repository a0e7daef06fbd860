import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const ASSETS = new URL('../../dist/web/assets/', import.meta.url);
/** What the Studio was asked to stay below, and what it has no reason to exceed. */
const LIMIT = 90 * 1024;

it('loads little script', async () => {
  const scripts = (await readdir(ASSETS)).filter((file) => file.endsWith('.js'));
  const sizes = await Promise.all(scripts.map(async (file) => gzipSync(await readFile(new URL(file, ASSETS))).length));
  expect(scripts).not.toEqual([]);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(LIMIT);
});
