import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TestServer } from '../support/server.js';
import { makeKeys, startGuarded } from './support.js';
import { photo } from '../storage/image-files.js';

afterEach(() => void vi.useRealTimers());

const codesOf = async (server: TestServer, query: string, variables = {}) =>
  (await server.send(query, variables)).errors?.map(({ extensions }) => extensions.code);

/** Status and error code of the response of a URL. */
async function statusOf(url: string, init: RequestInit = {}): Promise<[number, string | undefined]> {
  const response = await fetch(url, init);
  const text = await response.text();
  const code = response.ok ? undefined : (JSON.parse(text) as { error: { code: string } }).error.code;
  return [response.status, code];
}

describe('a server with authentication', () => {
  it('shows the images of a visible session, also those of other owners', async () => {
    const { ada, bob, admin, stranger, dataDir } = await startGuarded();
    const [imageId] = [await ada.upload(64, 48)];
    const { createSession } = await admin.ask<{ createSession: { session: { id: string } } }>(
      'mutation ($input: CreateSessionInput!) { createSession(input: $input) { session { id } } }',
      { input: { contentImageId: imageId, styles: [{ imageId }], recipe: { size: 32, steps: 1 } } },
    );
    const [made] = await makeKeys(dataDir, { name: 'Reader', role: 'USER', ownerId: 'root' });
    const reader = stranger.as(made!.secret);
    const list = '{ sessions { edges { node { id contentImage { id } styles { image { id } } } } } }';
    expect(await reader.ask(list)).toEqual({
      sessions: {
        edges: [
          {
            node: {
              id: createSession.session.id,
              contentImage: { id: imageId },
              styles: [{ image: { id: imageId } }],
            },
          },
        ],
      },
    });
    // The image itself is still visible to Ada only.
    const query = `{ image(id: "${imageId}") { id } }`;
    expect(await ada.ask(query)).toEqual({ image: { id: imageId } });
    for (const other of [reader, bob]) expect(await other.ask(query)).toEqual({ image: null });
    expect(await bob.ask(list)).toEqual({ sessions: { edges: [] } });
  });

  it('answers requests without a valid key with 401, except pages and health checks', async () => {
    const { stranger } = await startGuarded();
    const { url } = stranger;
    const unauthenticated = [401, 'UNAUTHENTICATED'];
    for (const path of ['/images/img_x', '/sessions/ses_x/previews/1', '/sessions/ses_x/result', '/nowhere']) {
      expect(await statusOf(url + path)).toEqual(unauthenticated);
    }
    const body = new Uint8Array(await photo(32, 32).png().toBuffer());
    const upload = { method: 'POST', headers: { 'Content-Type': 'image/png' }, body };
    expect(await statusOf(`${url}/images`, upload)).toEqual(unauthenticated);
    const post = (authorization?: string) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...(authorization && { authorization }) },
        body: '{"query":"{ __typename }"}',
      });
    for (const authorization of [
      undefined,
      'Basic abc',
      'Bearer nonsense',
      `Bearer easel_${'0'.repeat(32)}_${'x'.repeat(43)}`,
    ]) {
      const response = await post(authorization);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    }
    for (const path of ['/', '/playground', '/livez', '/readyz']) expect((await fetch(url + path)).status).toBe(200);
  });

  it('accepts any host name, and pages of its own origin and of the configured origins', async () => {
    const friend = 'https://app.example.com';
    const { ada } = await startGuarded({ origins: [friend] });
    const ask = (method: string, origin: string, headers: object = {}) =>
      fetch(`${ada.url}/graphql`, {
        method,
        headers: { origin, 'Content-Type': 'application/json', ...headers },
        ...(method === 'POST' && { body: '{"query":"{ viewer { ownerId } }"}' }),
      });
    const preflight = await ask('OPTIONS', friend);
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
    expect((await ask('POST', friend, ada.authorization)).status).toBe(200);
    const foreign = await ask('OPTIONS', 'https://evil.example');
    expect(foreign.status).toBe(403);
    expect(foreign.headers.get('access-control-allow-headers')).toBeNull();
    expect((await ask('POST', 'https://evil.example', ada.authorization)).status).toBe(403);
  });

  it('serves a playground that asks for the key', async () => {
    const { stranger } = await startGuarded();
    const response = await fetch(`${stranger.url}/playground`);
    const html = await response.text();
    expect(html).toMatch(/renderWithKey\(\s*window\.document/);
    expect(html).not.toMatch(/YogaGraphiQL\.renderYogaGraphiQL\(\s*window/);
    expect(response.headers.get('content-security-policy')).toContain("connect-src 'self'");
  });
});

describe('two owners', () => {
  it('do not see each other’s images and sessions; admins see all of them', async () => {
    const { ada, bob, admin } = await startGuarded();
    const id = await ada.createSession({ steps: 5000 });
    const { session } = await ada.ask<{ session: { contentImage: { id: string; url: string } } }>(
      'query ($id: ID!) { session(id: $id) { contentImage { id url } } }',
      { id },
    );
    const imageId = session.contentImage.id;
    const SEEN = `query ($id: ID!, $imageId: ID!) {
      viewer { ownerId role } session(id: $id) { id } image(id: $imageId) { id } sessions { totalCount edges { node { id } } }
    }`;
    const all = { session: { id }, image: { id: imageId }, sessions: { totalCount: 1, edges: [{ node: { id } }] } };
    const none = { session: null, image: null, sessions: { totalCount: 0, edges: [] } };
    for (const [server, viewer, seen] of [
      [ada, { ownerId: 'ada', role: 'USER' }, all],
      [bob, { ownerId: 'bob', role: 'USER' }, none],
      [admin, { ownerId: 'root', role: 'ADMIN' }, all],
    ] as const) {
      expect(await server.ask(SEEN, { id, imageId })).toEqual({ viewer, ...seen });
    }
    const as = (server: TestServer) => ({ headers: { ...server.authorization } });
    expect(await statusOf(`${ada.url}/images/${imageId}`, as(ada))).toEqual([200, undefined]);
    expect(await statusOf(`${ada.url}/images/${imageId}`, as(admin))).toEqual([200, undefined]);
    expect(await statusOf(`${ada.url}/images/${imageId}`, as(bob))).toEqual([404, 'NOT_FOUND']);
    const cancel = 'mutation ($id: ID!) { cancelSession(id: $id) { session { id } errors { code } } }';
    expect(await bob.ask(cancel, { id })).toEqual({
      cancelSession: { session: null, errors: [{ code: 'SESSION_NOT_FOUND' }] },
    });
    const create = 'mutation ($input: CreateSessionInput!) { createSession(input: $input) { errors { code field } } }';
    const input = { contentImageId: imageId, styles: [{ imageId: await bob.upload(40, 40) }] };
    expect(await bob.ask(create, { input })).toEqual({
      createSession: { errors: [{ code: 'IMAGE_NOT_FOUND', field: 'contentImageId' }] },
    });
  });
});

describe('signed URLs', () => {
  it('return images, previews and results without a key, until they expire or are changed', async () => {
    const { ada } = await startGuarded();
    const id = await ada.createSession({ steps: 2, size: 32 });
    const urls = new Set<string>();
    const events = ada.connect().iterate<{
      sessionProgress: {
        preview: { url: string } | null;
        session: { resultUrl: string | null; contentImage: { url: string } };
      };
    }>({
      query: `subscription ($id: ID!) {
        sessionProgress(id: $id) { preview { url } session { resultUrl(size: 128) contentImage { url(size: 128) } } }
      }`,
      variables: { id },
    });
    for await (const { data } of events) {
      const { preview, session } = data!.sessionProgress;
      for (const url of [preview?.url, session.resultUrl, session.contentImage.url]) if (url) urls.add(url);
    }
    const kinds = [...urls].map((url) => url.replace(/(img|ses)_[0-9a-f]+/, 'x').split('?')[0]);
    expect(kinds).toEqual(expect.arrayContaining(['/images/x', '/sessions/x/result']));
    for (const url of urls) {
      expect(await statusOf(ada.url + url)).toEqual([200, undefined]);
      expect(await statusOf(ada.url + url.replace('size=128', 'size=2048').replace('size=512', 'size=2048'))).toEqual([
        403,
        'URL_FORGED',
      ]);
    }
    const url = [...urls][0]!;
    const post = await statusOf(ada.url + url, { method: 'POST' });
    expect(post).toEqual([401, 'UNAUTHENTICATED']);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 3_600_000 });
    expect(await statusOf(ada.url + url)).toEqual([403, 'URL_EXPIRED']);
  });

  it('are in the response to an upload', async () => {
    const { ada } = await startGuarded();
    const body = new Uint8Array(await photo(32, 32).png().toBuffer());
    const headers = { 'Content-Type': 'image/png', ...ada.authorization };
    const response = await fetch(`${ada.url}/images`, { method: 'POST', headers, body });
    const { image } = (await response.json()) as { image: { url: string } };
    expect(response.headers.get('location')).toBe(image.url);
    expect((await fetch(ada.url + image.url)).status).toBe(200);
  });
});

describe('API keys', () => {
  const CREATE = `mutation ($input: CreateApiKeyInput!) {
    createApiKey(input: $input) { apiKey { id name prefix ownerId role expiresAt } secret errors { code field } }
  }`;
  const REVOKE = 'mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { revokedAt } errors { code field } } }';
  interface Created {
    createApiKey: { apiKey: { id: string; prefix: string } | null; secret: string | null; errors: unknown[] };
  }

  it('can be created, listed and revoked by admins', async () => {
    const { admin, stranger } = await startGuarded();
    const { createApiKey } = await admin.ask<Created>(CREATE, { input: { name: 'Cleo', ownerId: 'cleo' } });
    const { apiKey, secret } = createApiKey;
    expect(apiKey).toMatchObject({ name: 'Cleo', ownerId: 'cleo', role: 'USER', expiresAt: null });
    expect(secret!.startsWith(apiKey!.prefix)).toBe(true);
    const cleo = stranger.as(secret!);
    expect(await cleo.ask('{ viewer { ownerId role } }')).toEqual({ viewer: { ownerId: 'cleo', role: 'USER' } });
    const list = await admin.ask<{ apiKeys: { name: string; lastUsedAt: string | null }[] }>(
      '{ apiKeys { id name prefix role lastUsedAt expiresAt revokedAt createdAt } }',
    );
    expect(list.apiKeys.map(({ name }) => name).toSorted()).toEqual(['Ada', 'Bob', 'Cleo', 'Root']);
    expect(list.apiKeys.find(({ name }) => name === 'Cleo')!.lastUsedAt).not.toBeNull();
    expect(JSON.stringify(list)).not.toContain(secret!.slice(-43));
    expect(await admin.ask(REVOKE, { id: apiKey!.id })).toMatchObject({
      revokeApiKey: { apiKey: { revokedAt: expect.any(String) as string }, errors: [] },
    });
    expect(await codesOf(cleo, '{ viewer { ownerId } }')).toEqual(['UNAUTHENTICATED']);
    expect(await admin.ask(REVOKE, { id: 'key_none' })).toEqual({
      revokeApiKey: { apiKey: null, errors: [{ code: 'API_KEY_NOT_FOUND', field: 'id' }] },
    });
    expect(await admin.ask(CREATE, { input: { name: '' } })).toEqual({
      createApiKey: { apiKey: null, secret: null, errors: [{ code: 'INVALID_ARGUMENT', field: 'name' }] },
    });
  });

  it('are FORBIDDEN for users', async () => {
    const { ada, adaKeyId } = await startGuarded();
    expect(await codesOf(ada, '{ apiKeys { id } }')).toEqual(['FORBIDDEN']);
    expect(await codesOf(ada, CREATE, { input: { name: 'x', role: 'ADMIN' } })).toEqual(['FORBIDDEN']);
    expect(await codesOf(ada, REVOKE, { id: adaKeyId })).toEqual(['FORBIDDEN']);
    expect(await ada.ask('{ viewer { role } }')).toEqual({ viewer: { role: 'USER' } });
  });
});
