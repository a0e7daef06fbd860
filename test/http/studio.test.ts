import { expect, it } from 'vitest';
import { serveFixture } from '../support/server.js';
import { get, refusal } from './support.js';

/** The URLs that a page loads. */
const loaded = (html: string) => [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);

it.each(['/', '/gallery', '/queue', '/sessions/ses_1'])(
  'serves the Studio at %s, which loads nothing from other servers',
  async (path) => {
    const { url } = await serveFixture();
    const response = await fetch(url + path);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const html = await response.text();
    expect(html).not.toMatch(/<style|<script(?![^>]*\ssrc=)/);
    const addresses = loaded(html);
    expect(addresses.length).toBeGreaterThan(2);
    for (const address of addresses) {
      expect(address).toMatch(/^\/\w/);
      expect((await fetch(url + address)).status).toBe(200);
    }
  },
);

it('sends assets compressed and immutable', async () => {
  const { url } = await serveFixture();
  const script = loaded(await (await fetch(url)).text()).find((address) => /assets.*\.js$/.test(address))!;
  const plain = await get(url + script);
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.headers['cache-control']).toBe('public,max-age=31536000,immutable');
  for (const encoding of ['br', 'gzip']) {
    const response = await fetch(url + script, { headers: { 'Accept-Encoding': encoding } });
    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect(response.headers.get('content-type')).toMatch(/javascript/);
    expect(await response.text()).toBe(plain.body);
  }
});

it('serves the sample images', async () => {
  const { url } = await serveFixture();
  const response = await fetch(`${url}/samples/landscape.jpg`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
});

it.each(['/assets/none.js', '/assets/..%2f..%2fmain.js', '/samples/none.jpg', '/gallery/none'])(
  'answers 404 at %s',
  async (path) => {
    const { url } = await serveFixture();
    expect(await refusal(await fetch(url + path))).toEqual([404, 'NOT_FOUND', null]);
  },
);
