import { describe, expect, it, vi } from 'vitest';
import { createCheckOrigin } from '../../src/http/index.js';
import { serveFixture } from '../support/server.js';
import { FRIEND, get, refusal, type ErrorBody } from './support.js';

describe('the origin check', () => {
  const ask = (host: string, origin: string | undefined, origins: string[] = []) =>
    createCheckOrigin(origins)({ headers: { host, ...(origin && { origin }) } })?.code ?? 'passes';

  it.each([
    ['localhost:4000', undefined],
    ['127.0.0.1:4000', undefined],
    ['[::1]:4000', undefined],
    ['localhost', 'http://localhost'],
    ['localhost:4000', 'http://localhost:4000'],
  ])('allows the host %s with the origin %s', (host, origin) => expect(ask(host, origin)).toBe('passes'));

  it.each(['evil.example:4000', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1:4000', ''])(
    'refuses the host %s (DNS rebinding)',
    (host) => expect(ask(host, undefined)).toBe('HOST_NOT_ALLOWED'),
  );

  it.each(['https://evil.example', 'http://localhost:5173', 'http://127.0.0.1:4000', 'null', 'nonsense'])(
    'refuses pages of %s',
    (origin) => expect(ask('localhost:4000', origin)).toBe('ORIGIN_NOT_ALLOWED'),
  );

  it('allows configured origins, directly and through their own host', () => {
    expect(ask('localhost:4000', FRIEND, [FRIEND])).toBe('passes');
    expect(ask('app.example.com', FRIEND, [FRIEND])).toBe('passes');
    expect(ask('localhost:4000', 'http://app.example.com', [FRIEND])).toBe('ORIGIN_NOT_ALLOWED');
  });

  it('applies to everything except the health checks', async () => {
    const { url } = await serveFixture();
    for (const path of ['/', '/playground', '/graphql', '/images/img_x', '/sessions/ses_x/previews/1']) {
      expect((await get(url + path, { Host: 'evil.example' })).status).toBe(403);
      expect((await get(url + path, { Origin: 'https://evil.example' })).status).toBe(403);
    }
    const post = await get(`${url}/images`, { Origin: 'https://evil.example', 'Content-Type': 'image/png' }, 'POST');
    expect((JSON.parse(post.body) as ErrorBody).error).toMatchObject({ code: 'ORIGIN_NOT_ALLOWED', field: 'origin' });
    expect(post.headers['access-control-allow-origin']).toBeUndefined();
    expect((await get(`${url}/livez`, { Host: '10.1.2.3:4000' })).status).toBe(200);
    expect((await get(url, {})).status).toBe(200);
  });

  it('answers preflight requests of configured origins only', async () => {
    const { url } = await serveFixture({ origins: [FRIEND] });
    const ask = (origin: string) =>
      get(`${url}/images`, { Origin: origin, 'Access-Control-Request-Method': 'POST' }, 'OPTIONS');
    const friendly = await ask(FRIEND);
    expect(friendly.status).toBe(204);
    expect(friendly.headers['access-control-allow-origin']).toBe(FRIEND);
    expect(friendly.headers['vary']).toContain('Origin');
    expect((await ask('https://evil.example')).status).toBe(403);
  });
});

describe('health', () => {
  it('/livez answers 200; /readyz answers 503 with the obstacles', async () => {
    const { url, easel } = await serveFixture();
    const obstacles = ['shutting down'];
    const findObstacles = vi.spyOn(easel.system, 'findObstacles').mockReturnValue([]);
    const get = async (path: string) => {
      const response = await fetch(url + path);
      expect(response.headers.get('cache-control')).toBe('no-store');
      return [response.status, await response.json()];
    };
    expect(await get('/livez')).toEqual([200, { status: 'alive' }]);
    expect(await get('/readyz')).toEqual([200, { status: 'ready' }]);
    findObstacles.mockReturnValue(obstacles);
    expect(await get('/readyz')).toEqual([503, { status: 'not ready', obstacles }]);
    expect(await get('/livez')).toEqual([200, { status: 'alive' }]);
  });
});

describe('GET /sessions/:id/previews/:seq', () => {
  it('returns the requested size; only an exact preview can be cached', async () => {
    const { url, easel } = await serveFixture();
    const asked: unknown[] = [];
    vi.spyOn(easel.sessions, 'findPreview').mockImplementation((_viewer, ...args) => {
      asked.push(args);
      const [id, seq] = args;
      return Promise.resolve(
        id === 'ses_a' ? { bytes: Buffer.from('jpeg bytes'), mimeType: 'image/jpeg', exact: seq === 7 } : null,
      );
    });
    const exact = await fetch(`${url}/sessions/ses_a/previews/7?size=256`);
    expect(exact.headers.get('content-type')).toBe('image/jpeg');
    expect(exact.headers.get('cache-control')).toContain('immutable');
    expect(await exact.text()).toBe('jpeg bytes');
    const newest = await fetch(`${url}/sessions/ses_a/previews/6`);
    expect(newest.headers.get('cache-control')).toBe('no-store');
    expect(await refusal(await fetch(`${url}/sessions/ses_b/previews/7`))).toEqual([404, 'NOT_FOUND', null]);
    expect(asked).toEqual([
      ['ses_a', 7, 256],
      ['ses_a', 6, 2048],
      ['ses_b', 7, 2048],
    ]);
  });

  it('refuses invalid numbers', async () => {
    const { url } = await serveFixture();
    const get = async (path: string) => refusal(await fetch(`${url}/sessions/ses_a/previews/${path}`));
    expect(await get('-1')).toEqual([400, 'BAD_REQUEST', 'seq']);
    expect(await get('1.5')).toEqual([400, 'BAD_REQUEST', 'seq']);
    expect(await get('1?size=99999')).toEqual([400, 'BAD_REQUEST', 'size']);
    expect(await get('1?size=')).toEqual([400, 'BAD_REQUEST', 'size']);
  });
});

describe('errors', () => {
  it('are JSON without internal details', async () => {
    const { url, easel } = await serveFixture();
    vi.spyOn(easel.sessions, 'findPreview').mockRejectedValue(new Error('secret path /srv/x'));
    const response = await fetch(`${url}/sessions/ses_a/previews/1`);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('secret');
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'INTERNAL_SERVER_ERROR', field: null } });
    expect(await refusal(await fetch(`${url}/nowhere`))).toEqual([404, 'NOT_FOUND', null]);
    expect(response.headers.get('x-powered-by')).toBeNull();
  });
});
