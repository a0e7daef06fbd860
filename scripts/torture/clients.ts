/** Clients that vanish, stall, never read, and race each other. The others are served as if they were not there. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { Client, isTerminal, pick, randomImage } from './client.js';
import type { Report } from './report.js';
import { removeFolder, ServerProcess, temporaryFolder, until } from './server.js';

type Expect = (holds: boolean, what: string) => void;

export async function clients(report: Report, minutes: number): Promise<void> {
  const end = performance.now() + minutes * 60_000;
  for (let round = 1; round === 1 || performance.now() < end; round += 1) {
    for (const [fault, torture] of Object.entries(TORTURES)) {
      report.tried(fault);
      const expect: Expect = (holds, what) => report.expect(fault, holds, what);
      const dataDir = await temporaryFolder();
      const server = await ServerProcess.start(dataDir);
      await torture(server, new Client(server.url), expect).catch((error: unknown) => expect(false, String(error)));
      expect((await server.end()) === 0, 'the server did not end in order');
      await removeFolder(dataDir);
    }
  }
}

const LONG = { size: 64, minScale: 64, steps: 5000 };

const TORTURES: Readonly<Record<string, (server: ServerProcess, client: Client, expect: Expect) => Promise<void>>> = {
  /** In every phase: before and after the connection is acknowledged, before and during events, with something unsent. */
  async '500 sockets cut'(server, client, expect) {
    const id = await begin(client, LONG);
    await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        const phase = index % 5;
        const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
        socket.on('error', () => undefined);
        await once(socket, 'open');
        if (phase === 0) return socket.terminate();
        socket.send(JSON.stringify({ type: 'connection_init' }));
        if (phase === 1) return socket.terminate();
        await once(socket, 'message');
        const payload = {
          query: 'subscription ($id: ID!) { sessionProgress(id: $id) { seq preview { dataUri } } }',
          variables: { id },
        };
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
        if (phase === 2) return socket.terminate();
        await once(socket, 'message');
        // Something is unsent when a socket that is not read ends.
        if (phase === 3) socket.pause();
        await sleep(500);
        socket.terminate();
      }),
    );
    await until('no subscriber is left', async () => (await gauge(client, 'easel_subscribers')) === 0, 60_000);
    await client.act('cancelSession', id);
    await until('the session ends', async () => isTerminal((await client.session(id))!));
    expect((await gauge(client, 'easel_subscribers')) === 0, 'subscribers are left after the session');
  },

  async '200 uploads that trickle'(server, client, expect) {
    const sockets = await Promise.all(Array.from({ length: 200 }, () => trickle(server.url)));
    const begin = performance.now();
    await until(
      'an honest upload is taken',
      async () => (await client.upload(await randomImage())).status === 201,
      45_000,
    );
    expect(performance.now() - begin < 45_000, 'it took longer than 45 s');
    for (const socket of sockets) socket.destroy();
  },

  async 'images asked for and never read'(server, client, expect) {
    const { id } = await client.upload(await randomImage(2000, 1500));
    const before = await server.memory();
    const sockets = Array.from({ length: 200 }, () => {
      const socket = connectTo(server.url);
      socket.pause();
      for (let request = 0; request < 20; request += 1) {
        socket.write(`GET /images/${id}?size=1024&format=png HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\n\r\n`);
      }
      return socket;
    });
    let peak = before;
    let slowest = 0;
    for (let second = 0; second < 30; second += 1) {
      await sleep(1000);
      const asked = performance.now();
      await client.ask('{ __typename }');
      slowest = Math.max(slowest, performance.now() - asked);
      peak = Math.max(peak, await server.memory());
    }
    expect(peak - before < 600 * 2 ** 20, `memory rose by ${Math.round((peak - before) / 2 ** 20)} MB`);
    expect(slowest < 2000, `another client waited ${Math.round(slowest)} ms`);
    for (const socket of sockets) socket.destroy();
  },

  async 'pings that are never read'(server, client, expect) {
    const before = await server.memory();
    const payload = { text: 'x'.repeat(100_000) };
    const sockets = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
        socket.on('error', () => undefined);
        await once(socket, 'open');
        socket.pause();
        for (let ping = 0; ping < 200; ping += 1) socket.send(JSON.stringify({ type: 'ping', payload }));
        return socket;
      }),
    );
    await sleep(5000);
    const rise = (await server.memory()) - before;
    expect(rise < 80 * 2 ** 20, `memory rose by ${Math.round(rise / 2 ** 20)} MB`);
    expect((await client.ask('{ __typename }')).status === 200, 'others are not answered');
    for (const socket of sockets) socket.terminate();
  },

  /** Thirty clients do everything to one session at once: each answer is an answer, and the session ends. */
  async '30 rivals over a session'(_, client, expect) {
    const id = await begin(client, { ...LONG, steps: 200 });
    const acts = [
      'pauseSession',
      'resumeSession',
      'cancelSession',
      'continueSession',
      'branchSession',
      'deleteSession',
    ];
    const rest: Readonly<Record<string, string>> = {
      continueSession: ', steps: 5',
      branchSession: ', input: { from: CHECKPOINT }',
    };
    const internal = new Set<string>();
    await Promise.all(
      Array.from({ length: 30 }, async () => {
        for (let turn = 0; turn < 8; turn += 1) {
          const act = pick(acts.slice(0, turn < 6 ? 5 : 6));
          const { errors } = await client.ask(
            `mutation ($id: ID!) { ${act}(id: $id${rest[act] ?? ''}) { errors { code } } }`,
            { id },
          );
          for (const { message } of errors) internal.add(`${act}: ${message}`);
        }
      }),
    );
    expect(internal.size === 0, [...internal].join('; '));
    const { sessions } = await client.data<{ sessions: { nodes: { id: string }[] } }>(
      '{ sessions(first: 100) { nodes { id } } }',
    );
    for (const { id: rest } of sessions.nodes) await client.act('deleteSession', rest);
    expect((await client.storage()).checkpoints === 0, 'checkpoints are left');
  },
};

async function begin(client: Client, recipe: object): Promise<string> {
  const [content, style] = [await client.upload(await randomImage()), await client.upload(await randomImage())];
  const id = await client.create(content.id!, style.id!, recipe);
  await until('the run begins', async () => (await client.session(id))!.step > 0);
  return id;
}

function connectTo(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  return socket;
}

/** An upload of which a byte comes every second. */
async function trickle(url: string): Promise<Socket> {
  const socket = connectTo(url);
  await once(socket, 'connect');
  const head = `POST /images HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Type: image/png\r\nContent-Length: 100000\r\n\r\n`;
  socket.write(head);
  const timer = setInterval(() => socket.write('x'), 1000);
  socket.once('close', () => clearInterval(timer));
  return socket;
}

/** The value of a metric. */
async function gauge(client: Client, name: string): Promise<number> {
  const text = await (await client.fetch('/metrics')).text();
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'gm'))];
  if (values.length === 0) throw new Error(`no metric ${name}`);
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}
