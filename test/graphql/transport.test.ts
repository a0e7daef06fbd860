import { createServer } from 'node:http';
import express from 'express';
import { createClient, type Client } from 'graphql-ws';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openAccess } from '../../src/auth/index.js';
import { setPrincipal } from '../../src/auth/principal.js';
import { listen } from '../../src/http/index.js';
import type { Services } from '../../src/resolvers/context.js';
import { createGraphql } from '../../src/graphql/server.js';
import { LIMITS } from '../storage/support.js';
import { openStudio, silent, type Studio } from '../support/studio.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

interface Mounted {
  readonly studio: Studio;
  readonly url: string;
  http(query: string, variables?: object): Promise<Answer>;
  socket(query: string, variables?: Record<string, unknown>): Promise<Answer>;
  client(): Client;
}

const CONFIG = {
  maxDepth: 5,
  maxComplexity: 50,
  maxAliases: 60,
  maxSockets: 3,
  maxSocketsPerClient: 3,
  maxSubscriptions: 2,
  maxUploadBytes: LIMITS.maxBytes,
};

/** GraphQL over real sessions that are not started. */
async function mount(changes: Partial<Services> = {}): Promise<Mounted> {
  const studio = await openStudio();
  const { easel, storage } = studio;
  const access = await openAccess({ auth: 'off', dataDir: '', maxRequests: 10_000 }, storage.apiKeys, silent);
  const services = { ...easel, apiKeys: access.apiKeys, urls: access.urls, ...changes };
  const app = express();
  app.use((request, _response, next) => {
    setPrincipal(request, LOCAL_VIEWER);
    next();
  });
  const httpServer = createServer(app);
  const mayConnect = ({ headers }: { headers: { origin?: string } }) => headers.origin !== 'https://evil.example';
  const graphql = await createGraphql({ httpServer, services, config: CONFIG, mayConnect, access, logger: silent });
  app.use(graphql.router);
  const url = await listen(httpServer, '127.0.0.1', 0);
  onTestFinished(() => graphql.dispose());
  const client = () => {
    const made = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    onTestFinished(async () => {
      await made.dispose();
    });
    return made;
  };
  return {
    studio,
    url,
    client,
    async http(query, variables) {
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ query, variables });
      return (await (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json()) as Answer;
    },
    async socket(query, variables) {
      const one = client();
      try {
        return (await one.iterate({ query, variables }).next()).value as Answer;
      } catch (errors) {
        // What ends an operation before it began comes thrown.
        return { errors: errors as Answer['errors'] };
      } finally {
        await one.dispose();
      }
    },
  };
}

/** The close code of a WebSocket, or the HTTP status that it was refused with. */
async function endOf(socket: WebSocket): Promise<number> {
  return await new Promise((resolve) => {
    socket.on('close', resolve);
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode!));
    socket.on('error', () => undefined);
  });
}

describe('both transports', () => {
  const bad: [string, string, string][] = [
    ['no GraphQL at all', '{', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ nonsense }', 'GRAPHQL_VALIDATION_FAILED'],
    ['too many tokens', `{ ${'__typename '.repeat(5001)} }`, 'GRAPHQL_PARSE_FAILED'],
    ['too deep', '{ sessions { edges { node { styles { image { id } } } } } }', 'QUERY_TOO_DEEP'],
    [
      'too deep through a fragment',
      '{ sessions { edges { node { ...S } } } } fragment S on Session { styles { image { id } } }',
      'QUERY_TOO_DEEP',
    ],
    ['too expensive', '{ sessions(first: 50) { edges { node { id } } } }', 'QUERY_TOO_COMPLEX'],
    [
      'too expensive through aliases',
      `{ ${Array.from({ length: 51 }, (_, i) => `a${i}: engine { state }`).join(' ')} }`,
      'QUERY_TOO_COMPLEX',
    ],
    [
      'too expensive beside a list of fewer than none',
      '{ sessions(first: 50) { edges { node { id } } } queue { waiting(first: -1000) { id title } } }',
      'QUERY_TOO_COMPLEX',
    ],
    [
      'full of aliases',
      `{ ${Array.from({ length: 61 }, (_, i) => `a${i}: __typename`).join(' ')} }`,
      'TOO_MANY_ALIASES',
    ],
  ];

  it.each(bad)('refuse what is %s', async (_what, query, code) => {
    const { http, socket } = await mount();
    for (const send of [http, socket]) {
      const { errors } = await send(query);
      expect(errors!.map(({ extensions }) => extensions.code)).toContain(code);
    }
  });

  it('answer what is within the limits, at the price of the variables given', async () => {
    const { http, socket } = await mount();
    const query = 'query ($first: Int!) { sessions(first: $first) { edges { node { id } } } }';
    for (const send of [http, socket]) {
      expect(await send(query, { first: 10 })).toMatchObject({ data: { sessions: { edges: [] } } });
      expect((await send(query, { first: 50 })).errors![0]!.extensions.code).toBe('QUERY_TOO_COMPLEX');
      expect((await send(query, { first: 'ten' })).errors![0]!.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  it('gather the pictures of a whole page into one query', async () => {
    const { studio, http } = await mount();
    const { easel, storage, request } = studio;
    for (let index = 0; index < 3; index += 1) await easel.sessions.create(LOCAL_VIEWER, request(5));
    const findMany = vi.spyOn(storage.images, 'findMany');
    await http('{ sessions(first: 3) { edges { node { contentImage { id } resultImage { id } } } } }');
    expect(findMany).toHaveBeenCalledTimes(1);
  });

  it('do not tell of the server’s own errors', async () => {
    const networks = () => Promise.reject(new Error('secret'));
    const { http, socket } = await mount({ system: { networks, engineStatus: () => ({}) } as never });
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
  it('answers no request that a foreign page could send unasked', async () => {
    const { url } = await mount();
    const response = await fetch(`${url}/graphql?query={__typename}`);
    expect(response.status).toBe(400);
  });

  it('limits what it reads', async () => {
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

  it('is nowhere else', async () => {
    const { url } = await mount();
    expect(await endOf(new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws'))).toBe(404);
  });

  it('is closed to foreign pages', async () => {
    const { url } = await mount();
    expect(await endOf(open(url, { origin: 'https://evil.example' }))).toBe(403);
  });

  it('limits connections', async () => {
    const { url } = await mount();
    const sockets = [open(url), open(url), open(url)];
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('open', resolve))));
    expect(await endOf(open(url))).toBe(503);
    for (const socket of sockets) socket.close();
  });

  it('limits messages', async () => {
    const { url } = await mount();
    const socket = open(url);
    socket.once('open', () => socket.send('x'.repeat(300_000)));
    expect(await endOf(socket)).toBe(1009);
  });

  it('limits subscriptions, and frees them as soon as they are ended', async () => {
    const { studio, client } = await mount();
    const { easel, request } = studio;
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

  it('frees the subscriptions of a connection that is lost, though no event comes', async () => {
    const { studio, client } = await mount();
    const { easel, request } = studio;
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(5));
    const one = client();
    await one.iterate({ query: `subscription { sessionProgress(id: "${id}") { seq } }` }).next();
    expect(easel.hub.subscriberCount).toBe(1);
    one.terminate();
    await vi.waitFor(() => expect(easel.hub.subscriberCount).toBe(0));
    expect(easel.hub.latest(id)).toBeNull();
  });

  it('asks for previews only for those who select them', async () => {
    const { studio, socket } = await mount();
    const { easel, request } = studio;
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
