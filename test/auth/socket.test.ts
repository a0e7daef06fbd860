import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openApiKeys } from '../../src/storage/index.js';
import type { TestServer } from '../support/server.js';
import { makeKeys, startGuarded } from './support.js';

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A WebSocket client that records every message and the close code. */
class RawSocket {
  readonly messages: Message[] = [];
  readonly closed: Promise<[number, string]>;
  readonly #socket: WebSocket;
  #seen = 0;

  constructor(url: string) {
    this.#socket = new WebSocket(url, 'graphql-transport-ws');
    this.#socket.on('message', (data: Buffer) => this.messages.push(JSON.parse(data.toString()) as Message));
    this.closed = once(this.#socket, 'close').then(([code, reason]) => [code as number, String(reason)]);
  }

  async init(payload?: object): Promise<void> {
    await once(this.#socket, 'open');
    this.send({ type: 'connection_init', payload });
  }

  send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  async next(): Promise<Message> {
    while (this.messages.length <= this.#seen) await once(this.#socket, 'message');
    return this.messages[this.#seen++]!;
  }
}

async function opened(server: TestServer): Promise<RawSocket> {
  const socket = new RawSocket(server.socketUrl);
  await socket.init({ Authorization: `Bearer ${server.key}` });
  expect(await socket.next()).toEqual({ type: 'connection_ack' });
  return socket;
}

const watch = (id: string) => ({ query: `subscription { sessionProgress(id: "${id}") { seq } }` });

describe('a WebSocket connection', () => {
  it('opens with a key in a parameter of any case, and closes with 4401 without a key and 4403 with an invalid one', async () => {
    const { stranger, ada } = await startGuarded();
    const init = async (payload?: object) => {
      const socket = new RawSocket(stranger.socketUrl);
      await socket.init(payload);
      return socket;
    };
    for (const name of ['authorization', 'Authorization']) {
      expect(await (await init({ [name]: `Bearer ${ada.key}` })).next()).toEqual({ type: 'connection_ack' });
    }
    expect(await (await init()).closed).toEqual([4401, 'Unauthorized']);
    expect(await (await init({ authorization: 7 })).closed).toEqual([4401, 'Unauthorized']);
    expect(await (await init({ authorization: ada.key })).closed).toEqual([4403, 'Forbidden']);
    expect(await (await init({ authorization: 'Bearer nonsense' })).closed).toEqual([4403, 'Forbidden']);
    const hasty = new RawSocket(stranger.socketUrl);
    void hasty.init().then(() => hasty.send({ type: 'subscribe', id: '1', payload: { query: '{ __typename }' } }));
    expect((await hasty.closed)[0]).toBe(4401);
    expect(hasty.messages).toEqual([]);
  });

  it('receives no events of other owners’ sessions', async () => {
    const { ada, bob, admin } = await startGuarded();
    const id = await ada.createSession({ steps: 5000 });
    expect(await bob.connect().iterate({ query: '{ viewer { ownerId } }' }).next()).toMatchObject({
      value: { data: { viewer: { ownerId: 'bob' } } },
    });
    expect(await bob.connect().iterate(watch(id)).next()).toMatchObject({
      value: { errors: [{ extensions: { code: 'SESSION_NOT_FOUND' } }] },
    });
    for (const server of [ada, admin]) {
      expect(await server.connect().iterate(watch(id)).next()).toMatchObject({
        value: { data: { sessionProgress: { seq: expect.any(Number) as number } } },
      });
    }
  });

  it('ends its subscriptions with an error and closes with 4403 when its own key is revoked', async () => {
    const { ada, admin, adaKeyId } = await startGuarded();
    const id = await ada.createSession({ steps: 5000 });
    const [socket, other] = [await opened(ada), await opened(admin)];
    for (const each of [socket, other]) {
      each.send({ type: 'subscribe', id: 'a', payload: watch(id) });
      expect(await each.next()).toMatchObject({ type: 'next', id: 'a' });
    }
    await admin.ask('mutation ($id: ID!) { revokeApiKey(id: $id) { errors { code } } }', { id: adaKeyId });
    expect(await socket.closed).toEqual([4403, 'Forbidden']);
    expect(socket.messages.at(-1)).toMatchObject({
      type: 'error',
      id: 'a',
      payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    const seen = other.messages.length;
    other.send({ type: 'subscribe', id: 'b', payload: { query: '{ viewer { ownerId } }' } });
    while (!other.messages.slice(seen).some((message) => message.id === 'b')) await other.next();
    const again = new RawSocket(ada.socketUrl);
    await again.init(ada.authorization);
    expect(await again.closed).toEqual([4403, 'Forbidden']);
  });

  it('closes when its key expires', async () => {
    const { ada, dataDir, stranger } = await startGuarded();
    const id = await ada.createSession({ steps: 5000 });
    const expiresAt = new Date(Date.now() + 3000);
    const [short] = await makeKeys(dataDir, { name: 'short', role: 'USER', ownerId: 'ada', expiresAt });
    const socket = await opened(stranger.as(short!.secret));
    socket.send({ type: 'subscribe', id: 'a', payload: watch(id) });
    expect(await socket.next()).toMatchObject({ type: 'next', id: 'a' });
    expect(await socket.closed).toEqual([4403, 'Forbidden']);
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt.getTime() - 5);
    expect(socket.messages.at(-1)).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  it('refuses a key that the command line has revoked while the server runs', async () => {
    const { ada, adaKeyId, dataDir } = await startGuarded();
    const { apiKeys, close } = await openApiKeys(dataDir);
    await apiKeys.revoke(adaKeyId, new Date());
    await close();
    const socket = new RawSocket(ada.socketUrl);
    await socket.init(ada.authorization);
    expect((await socket.closed)[0]).toBe(4403);
    expect((await ada.send('{ __typename }')).errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('WebSocket connections of one owner', () => {
  it('are limited in number; a closed one no longer counts', async () => {
    const { ada, bob } = await startGuarded({ maxSocketsPerClient: 2 });
    const clients = [ada.connect(), ada.connect()];
    const ask = { query: 'subscription ($id: ID!) { sessionProgress(id: $id) { seq } }' };
    const id = await ada.createSession({ steps: 5000 });
    for (const client of clients) await client.iterate({ ...ask, variables: { id } }).next();
    const third = new RawSocket(ada.socketUrl);
    await third.init(ada.authorization);
    expect(await third.closed).toEqual([1013, 'Too many connections']);
    expect((await bob.connect().iterate({ query: '{ viewer { ownerId } }' }).next()).value).toMatchObject({
      data: { viewer: { ownerId: 'bob' } },
    });
    const gone = new Promise((resolve) => clients[0]!.on('closed', resolve));
    await clients[0]!.dispose();
    await gone;
    await opened(ada);
  });
});
