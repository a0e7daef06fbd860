import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import { serveFixture } from '../support/server.js';
import type { SessionsFixture } from '../support/sessions.js';

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A WebSocket client without protocol logic: the test sends and reads every message. */
class RawSocket {
  /** Close code and reason, when the connection has closed. */
  readonly closed: Promise<string>;
  readonly #socket: WebSocket;
  readonly #messages: Message[] = [];
  #arrived: () => void = () => undefined;

  constructor(url: string, protocols: string | string[] = 'graphql-transport-ws') {
    this.#socket = new WebSocket(url, protocols);
    this.#socket.on('message', (data: Buffer) => {
      this.#messages.push(JSON.parse(data.toString('utf8')) as Message);
      this.#arrived();
    });
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', (code, reason) => resolve(`${code} ${reason.toString('utf8')}`));
    });
    onTestFinished(() => this.#socket.terminate());
  }

  async open(): Promise<this> {
    await new Promise((resolve, reject) => this.#socket.once('open', resolve).once('error', reject));
    return this;
  }

  send(...messages: (object | string | Buffer)[]): void {
    for (const message of messages) {
      const raw = typeof message === 'string' || message instanceof Buffer;
      this.#socket.send(raw ? message : JSON.stringify(message));
    }
  }

  /** The next unread message. */
  async next(): Promise<Message> {
    while (this.#messages.length === 0) await new Promise<void>((resolve) => (this.#arrived = resolve));
    return this.#messages.shift()!;
  }

  /** Whether no message is unread: sends a ping and checks that the next message is its pong. */
  async isSilent(): Promise<boolean> {
    this.send({ type: 'ping', payload: { is: 'silent' } });
    return JSON.stringify(await this.next()) === JSON.stringify({ type: 'pong', payload: { is: 'silent' } });
  }
}

interface Mounted extends SessionsFixture {
  readonly url: string;
  readonly dispose: () => Promise<void>;
  /** A connection after connection_ack. */
  ready(): Promise<RawSocket>;
}

/** Services that are not started, so that only the test causes messages. */
async function mount(): Promise<Mounted> {
  const { server, ...fixture } = await serveFixture();
  const { socketUrl, close } = server;
  return {
    ...fixture,
    url: socketUrl,
    dispose: close,
    async ready() {
      const socket = await new RawSocket(socketUrl).open();
      socket.send(INIT);
      expect(await socket.next()).toEqual({ type: 'connection_ack' });
      return socket;
    },
  };
}

const INIT = { type: 'connection_init' };
const subscribe = (id: string, query: string) => ({ id, type: 'subscribe', payload: { query } });
const progressOf = (id: string) => `subscription { sessionProgress(id: "${id}") { seq session { status } } }`;

describe('graphql-transport-ws: connections', () => {
  it('acknowledges connection_init with any payload', async () => {
    const { url } = await mount();
    const socket = await new RawSocket(url).open();
    socket.send({ ...INIT, payload: { anything: [1] } });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
  });

  it('closes with 4406 if the client does not support the protocol', async () => {
    const { url } = await mount();
    for (const protocols of [[], ['graphql-ws'], ['graphql-subscriptions', 'soap']]) {
      expect(await endOfHandshake(url, protocols), protocols.join()).toBe(4406);
    }
    const either = await new RawSocket(url, ['graphql-ws', 'graphql-transport-ws']).open();
    either.send(INIT);
    expect(await either.next()).toEqual({ type: 'connection_ack' });
  });

  it('closes with 4408 without connection_init', async () => {
    const { url } = await mount();
    const socket = await new RawSocket(url).open();
    expect(await socket.closed).toBe('4408 Connection initialisation timeout');
  });

  it('closes with 4429 after a second connection_init', async () => {
    const { url, ready } = await mount();
    const late = await ready();
    late.send(INIT);
    expect(await late.closed).toBe('4429 Too many initialisation requests');
    const early = await new RawSocket(url).open();
    early.send(INIT, INIT);
    expect(await early.closed).toBe('4429 Too many initialisation requests');
  });

  it('closes with 4401 if an operation arrives before connection_ack', async () => {
    const { url } = await mount();
    const socket = await new RawSocket(url).open();
    socket.send(subscribe('1', '{ __typename }'));
    expect(await socket.closed).toBe('4401 Unauthorized');
  });

  it('closes with 1001 when the server shuts down', async () => {
    const { ready, dispose } = await mount();
    const socket = await ready();
    void dispose();
    expect(await socket.closed).toMatch(/^1001 /);
  });

  it('answers ping with pong, before and after connection_ack, and ignores pong', async () => {
    const { url } = await mount();
    const socket = await new RawSocket(url).open();
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
    socket.send(INIT);
    await socket.next();
    socket.send({ type: 'ping', payload: { sent: 1 } });
    expect(await socket.next()).toEqual({ type: 'pong', payload: { sent: 1 } });
    socket.send({ type: 'pong', payload: { unasked: true } });
    expect(await socket.isSilent()).toBe(true);
  });
});

describe('graphql-transport-ws: invalid messages', () => {
  const query = '{ __typename }';
  const bad: [string, object | string | Buffer][] = [
    ['not JSON', 'hello'],
    ['not an object', '[]'],
    ['null', 'null'],
    ['without a type', { id: '1', payload: { query } }],
    ['with an unknown type', { id: '1', type: 'start', payload: { query } }],
    ['connection_ack with a payload that is not an object', { type: 'connection_ack', payload: 'yes' }],
    ['subscribe without an id', { type: 'subscribe', payload: { query } }],
    ['subscribe with an empty id', { id: '', type: 'subscribe', payload: { query } }],
    ['subscribe without a payload', { id: '1', type: 'subscribe' }],
    ['subscribe without a document', { id: '1', type: 'subscribe', payload: {} }],
    [
      'subscribe with variables that are not an object',
      { id: '1', type: 'subscribe', payload: { query, variables: 'x' } },
    ],
    ['complete without an id', { type: 'complete' }],
    ['ping with a payload that is not an object', { type: 'ping', payload: 'x' }],
    ['binary', Buffer.from([0, 1, 2])],
  ];

  it.each(bad)('closes with 4400 after a message: %s', async (_what, message) => {
    const { ready } = await mount();
    const socket = await ready();
    socket.send(message);
    expect(await socket.closed).toMatch(/^4400 ./);
  });

  it.each(['next', 'error', 'connection_ack'])(
    'closes with 4500 after %s, which only the server may send',
    async (type) => {
      const { ready } = await mount();
      const socket = await ready();
      vi.spyOn(console, 'error').mockReturnValue();
      socket.send({ id: '1', type, payload: type === 'error' ? [{ message: 'x' }] : {} });
      expect(await socket.closed).toBe(`4500 Unexpected message of type ${type} received`);
    },
  );

  it('closes with 4400 before connection_ack, too', async () => {
    const { url } = await mount();
    const socket = await new RawSocket(url).open();
    socket.send({ ...INIT, payload: 'key' });
    expect(await socket.closed).toMatch(/^4400 ./);
  });

  it('closes with 1009 after a message that is too large, and ends the subscriptions', async () => {
    const { ready, easel } = await mount();
    const socket = await ready();
    socket.send(subscribe('1', 'subscription { sessionsChanged { id } }'));
    await vi.waitFor(() => expect(easel.feed.subscriberCount).toBe(1));
    socket.send(subscribe('2', `{ __typename } #${'x'.repeat(300_000)}`));
    expect(await socket.closed).toMatch(/^1009 /);
    await vi.waitFor(() => expect(easel.feed.subscriberCount).toBe(0));
  });
});

describe('graphql-transport-ws: operations', () => {
  it('answers a query with one next, then complete', async () => {
    const { ready } = await mount();
    const socket = await ready();
    socket.send(subscribe('a', '{ __typename }'));
    expect(await socket.next()).toEqual({ id: 'a', type: 'next', payload: { data: { __typename: 'Query' } } });
    expect(await socket.next()).toEqual({ id: 'a', type: 'complete' });
    expect(await socket.isSilent()).toBe(true);
  });

  it('answers an invalid operation with one error only; its id can be used again', async () => {
    const { ready } = await mount();
    const socket = await ready();
    for (const document of ['{', '{ nonsense }']) {
      socket.send(subscribe('a', document));
      expect(await socket.next()).toMatchObject({ id: 'a', type: 'error', payload: [{ message: expect.anything() }] });
      expect(await socket.isSilent()).toBe(true);
    }
    socket.send(subscribe('a', '{ __typename }'));
    expect(await socket.next()).toMatchObject({ id: 'a', type: 'next' });
  });

  it('answers a subscription to an unknown session with SESSION_NOT_FOUND', async () => {
    const { ready, easel } = await mount();
    const socket = await ready();
    socket.send(subscribe('a', progressOf('ses_none')));
    const message = JSON.stringify(await socket.next());
    expect(message).toContain('SESSION_NOT_FOUND');
    expect(easel.hub.subscriberCount).toBe(0);
  });

  it('runs concurrent operations by id', async () => {
    const { ready, easel, request } = await mount();
    const socket = await ready();
    const ids = [(await easel.sessions.create(LOCAL_VIEWER, request(5))).id];
    ids.push((await easel.sessions.create(LOCAL_VIEWER, request(5))).id);
    socket.send(...ids.map((id) => subscribe(`of ${id}`, progressOf(id))));
    const seen = [await socket.next(), await socket.next()];
    expect(seen.map(({ id }) => id).sort()).toEqual(ids.map((id) => `of ${id}`).sort());
    expect(easel.hub.subscriberCount).toBe(2);
  });

  it('closes with 4409 if an id is in use', async () => {
    const { ready, easel } = await mount();
    const socket = await ready();
    const operation = subscribe('twice', 'subscription { sessionsChanged { id } }');
    socket.send(operation, operation);
    expect(await socket.closed).toBe('4409 Subscriber for twice already exists');
    await vi.waitFor(() => expect(easel.feed.subscriberCount).toBe(0));
  });

  it('ends a subscription on the client’s complete, also before its first event, and removes its listener', async () => {
    const { ready, easel, request } = await mount();
    const socket = await ready();
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(5));
    for (let round = 0; round < 3; round += 1) {
      socket.send(subscribe('progress', progressOf(id)), subscribe('feed', 'subscription { sessionsChanged { id } }'));
      expect(await socket.next()).toMatchObject({ id: 'progress', type: 'next' });
      await vi.waitFor(() => expect(easel.feed.subscriberCount).toBe(1));
      expect(easel.hub.subscriberCount).toBe(1);
      socket.send({ id: 'progress', type: 'complete' }, { id: 'feed', type: 'complete' });
      await vi.waitFor(() => expect(easel.feed.subscriberCount).toBe(0));
      await vi.waitFor(() => expect(easel.hub.subscriberCount).toBe(0));
      expect(easel.hub.latest(id)).toBeNull();
      await easel.sessions.create(LOCAL_VIEWER, request(5));
      expect(await socket.isSilent()).toBe(true);
    }
  });

  it('ends a subscription whose complete follows at once', async () => {
    const { ready, easel } = await mount();
    const socket = await ready();
    const ends = { id: 'brief', type: 'complete' };
    socket.send(subscribe('brief', 'subscription { sessionsChanged { id } }'), ends);
    expect(await socket.isSilent()).toBe(true);
    socket.send(subscribe('after', '{ __typename }'));
    expect(await socket.next()).toMatchObject({ id: 'after', type: 'next' });
    expect(await socket.next()).toEqual({ id: 'after', type: 'complete' });
    await vi.waitFor(() => expect(easel.feed.subscriberCount).toBe(0));
  });

  it('ignores complete for an unknown id', async () => {
    const { ready } = await mount();
    const socket = await ready();
    socket.send({ id: 'never', type: 'complete' });
    expect(await socket.isSilent()).toBe(true);
  });

  it('sends complete after the last event', async () => {
    const { ready, easel, request } = await mount();
    const socket = await ready();
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(5));
    socket.send(subscribe('watch', progressOf(id)));
    expect(await socket.next()).toMatchObject({
      payload: { data: { sessionProgress: { session: { status: 'QUEUED' } } } },
    });
    await easel.sessions.cancel(LOCAL_VIEWER, id);
    expect(await socket.next()).toMatchObject({
      payload: { data: { sessionProgress: { session: { status: 'CANCELLED' } } } },
    });
    expect(await socket.next()).toEqual({ id: 'watch', type: 'complete' });
    expect(easel.hub.subscriberCount).toBe(0);
  });
});

/**
 * The close code in the first frame that a client with these subprotocols receives. Reads the bytes, because WebSocket
 * clients fail before they read the frame if the server selects no subprotocol.
 */
async function endOfHandshake(url: string, protocols: string[]): Promise<number> {
  const upgrade = request(url.replace('ws', 'http'), {
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      ...(protocols.length > 0 && { 'Sec-WebSocket-Protocol': protocols.join(', ') }),
    },
  }).end();
  const [answer, socket, head] = (await once(upgrade, 'upgrade')) as [IncomingMessage, Socket, Buffer];
  onTestFinished(() => void socket.destroy());
  expect(answer.headers['sec-websocket-protocol']).toBeUndefined();
  let bytes = head;
  while (bytes.length < 4) bytes = Buffer.concat([bytes, ((await once(socket, 'data')) as [Buffer])[0]]);
  const CLOSE = 0x88;
  expect(bytes[0]).toBe(CLOSE);
  return bytes.readUInt16BE(2);
}
