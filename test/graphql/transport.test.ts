import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import { serveFixture } from '../support/server.js';

/** Low limits. */
const LIMITS = {
  maxDepth: 5,
  maxComplexity: 50,
  maxAliases: 60,
  maxSockets: 3,
  maxSocketsPerClient: 3,
  maxSubscriptions: 2,
};

/** A server over services that are not started, and a function for each transport that sends an operation. */
async function mount() {
  const { server, ...fixture } = await serveFixture(LIMITS);
  return {
    ...fixture,
    http: server.send.bind(server),
    socket: server.sendOverSocket.bind(server),
    client: () => server.connect(),
  };
}

/** The close code of a WebSocket, or the HTTP status of its refused upgrade. */
async function endOf(socket: WebSocket): Promise<number> {
  return await new Promise((resolve) => {
    socket.on('close', resolve);
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode!));
    socket.on('error', () => undefined);
  });
}

describe('both transports', () => {
  const bad: [string, string, string][] = [
    ['with a syntax error', '{', 'GRAPHQL_PARSE_FAILED'],
    ['with an unknown field', '{ nonsense }', 'GRAPHQL_VALIDATION_FAILED'],
    ['with too many tokens', `{ ${'__typename '.repeat(5001)} }`, 'GRAPHQL_PARSE_FAILED'],
    ['that is too deep', '{ sessions { edges { node { styles { image { id } } } } } }', 'QUERY_TOO_DEEP'],
    [
      'that is too deep through a fragment',
      '{ sessions { edges { node { ...S } } } } fragment S on Session { styles { image { id } } }',
      'QUERY_TOO_DEEP',
    ],
    ['that is too complex', '{ sessions(first: 50) { edges { node { id } } } }', 'QUERY_TOO_COMPLEX'],
    [
      'that is too complex through aliases',
      `{ ${Array.from({ length: 51 }, (_, i) => `a${i}: engine { state }`).join(' ')} }`,
      'QUERY_TOO_COMPLEX',
    ],
    [
      'that is too complex, with a negative list length in another field',
      '{ sessions(first: 50) { edges { node { id } } } queue { waiting(first: -1000) { id title } } }',
      'QUERY_TOO_COMPLEX',
    ],
    [
      'with too many aliases',
      `{ ${Array.from({ length: 61 }, (_, i) => `a${i}: __typename`).join(' ')} }`,
      'TOO_MANY_ALIASES',
    ],
  ];

  it.each(bad)('refuse an operation %s', async (_what, query, code) => {
    const { http, socket } = await mount();
    for (const send of [http, socket]) {
      const { errors } = await send(query);
      expect(errors!.map(({ extensions }) => extensions.code)).toContain(code);
    }
  });

  it('count the complexity with the given variables', async () => {
    const { http, socket } = await mount();
    const query = 'query ($first: Int!) { sessions(first: $first) { edges { node { id } } } }';
    for (const send of [http, socket]) {
      expect(await send(query, { first: 10 })).toMatchObject({ data: { sessions: { edges: [] } } });
      expect((await send(query, { first: 50 })).errors![0]!.extensions.code).toBe('QUERY_TOO_COMPLEX');
      expect((await send(query, { first: 'ten' })).errors![0]!.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  it('load the images of a page in one query', async () => {
    const { easel, storage, request, http } = await mount();
    for (let index = 0; index < 3; index += 1) await easel.sessions.create(LOCAL_VIEWER, request(5));
    const findMany = vi.spyOn(storage.images, 'findMany');
    await http('{ sessions(first: 3) { edges { node { contentImage { id } resultImage { id } } } } }');
    expect(findMany).toHaveBeenCalledTimes(1);
  });

  it('do not disclose server errors', async () => {
    const { easel, http, socket } = await mount();
    vi.spyOn(easel.system, 'networks').mockRejectedValue(new Error('secret'));
    for (const send of [http, socket]) {
      const answer = await send('{ engine { networks { name } } }');
      expect(JSON.stringify(answer)).not.toContain('secret');
      expect(answer.errors![0]!.extensions).toEqual({
        code: 'INTERNAL_SERVER_ERROR',
        correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      });
    }
  });
});

describe('HTTP', () => {
  it('refuses a request that a foreign page could send without a preflight request', async () => {
    const { url } = await mount();
    const response = await fetch(`${url}/graphql?query={__typename}`);
    expect(response.status).toBe(400);
  });

  it('limits the size of a body', async () => {
    const { url } = await mount();
    const body = JSON.stringify({ query: '{ __typename }', padding: 'x'.repeat(300_000) });
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    expect(response.status).toBe(413);
  });
});

describe('WebSocket', () => {
  const open = (url: string, options = {}) =>
    new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options);

  it('answers upgrades at other paths with 404', async () => {
    const { url } = await mount();
    expect(await endOf(new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws'))).toBe(404);
  });

  it('refuses upgrades of foreign pages', async () => {
    const { url } = await mount();
    expect(await endOf(open(url, { origin: 'https://evil.example' }))).toBe(403);
  });

  it('limits the number of connections', async () => {
    const { url } = await mount();
    const sockets = [open(url), open(url), open(url)];
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('open', resolve))));
    expect(await endOf(open(url))).toBe(503);
    for (const socket of sockets) socket.close();
  });

  it('limits the size of a message', async () => {
    const { url } = await mount();
    const socket = open(url);
    socket.once('open', () => socket.send('x'.repeat(300_000)));
    expect(await endOf(socket)).toBe(1009);
  });

  it('limits concurrent subscriptions; an ended one no longer counts', async () => {
    const { easel, request, client } = await mount();
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(5));
    const one = client();
    const subscribe = () => one.iterate({ query: `subscription { sessionProgress(id: "${id}") { seq } }` });
    const streams = [subscribe(), subscribe()];
    for (const stream of streams) expect((await stream.next()).value).toMatchObject({ data: expect.anything() });
    await expect(subscribe().next()).rejects.toMatchObject([{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }]);
    expect(easel.hub.subscriberCount).toBe(2);
    await streams[0]!.return!();
    await vi.waitFor(() => expect(easel.hub.subscriberCount).toBe(1));
    expect((await subscribe().next()).value).toMatchObject({ data: expect.anything() });
  });

  it('ends the subscriptions of a lost connection, also without events', async () => {
    const { easel, request, client } = await mount();
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(5));
    const one = client();
    await one.iterate({ query: `subscription { sessionProgress(id: "${id}") { seq } }` }).next();
    expect(easel.hub.subscriberCount).toBe(1);
    one.terminate();
    await vi.waitFor(() => expect(easel.hub.subscriberCount).toBe(0));
    expect(easel.hub.latest(id)).toBeNull();
  });

  it('makes previews only for subscribers that select them', async () => {
    const { easel, request, socket } = await mount();
    const watch = vi.spyOn(easel.sessions, 'watch');
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(5));
    const previewsFor = async (selection: string, fragment = '') => {
      await socket(
        `subscription ($yes: Boolean = true) { sessionProgress(id: "${id}") { seq @include(if: $yes) ${selection} } } ${fragment}`,
      );
      return watch.mock.lastCall![2].previews;
    };
    expect(await previewsFor('')).toBe(false);
    expect(await previewsFor('preview { url }')).toBe(true);
    expect(await previewsFor('...P', 'fragment P on SessionProgress { preview { url } }')).toBe(true);
    expect(await previewsFor('... @skip(if: $yes) { preview { url } }')).toBe(false);
  });
});
