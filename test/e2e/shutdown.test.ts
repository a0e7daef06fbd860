import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { shutDownOnce } from '../../src/cli/serve.js';
import { temporaryFolder } from '../storage/support.js';
import { EASEL } from './program.js';
import { TestServer } from '../support/server.js';

type LogLine = Record<string, unknown> & { readonly msg: string };

interface Program {
  readonly server: TestServer;
  readonly child: ChildProcess;
  readonly lines: readonly LogLine[];
  /** Waits for a log line with this message. */
  logged(msg: string): Promise<LogLine>;
}

/** Starts `easel serve` and collects its log; killed when the test ends. */
async function start(dataDir: string, env: NodeJS.ProcessEnv = {}): Promise<Program> {
  const child = fork(EASEL, ['serve'], {
    env: {
      ...process.env,
      EASEL_DATA: dataDir,
      EASEL_PORT: '0',
      EASEL_THREADS: '1',
      EASEL_BACKEND: 'onnx-cpu',
      EASEL_CACHE: dataDir,
      EASEL_WEIGHTS_URL: 'offline',
      EASEL_CALIBRATE: 'off',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: LogLine[] = [];
  createInterface(child.stdout!).on('line', (line) => void lines.push(JSON.parse(line) as LogLine));
  const [message] = await once(child, 'message');
  return {
    server: new TestServer((message as { url: string }).url, () => Promise.resolve()),
    child,
    lines,
    logged: (msg) =>
      vi.waitFor(
        () => {
          const found = lines.find((line) => line.msg === msg);
          if (!found) throw new Error(`no log line "${msg}"`);
          return found;
        },
        { timeout: 50_000, interval: 20 },
      ),
  };
}

interface Message {
  readonly type: string;
  readonly payload?: { readonly data?: { readonly sessionProgress: { step: number; session: { status: string } } } };
}

/** A subscriber without a client library, so that a test can pause its socket. */
async function subscribe(server: TestServer, id: string) {
  const socket = new WebSocket(server.socketUrl, 'graphql-transport-ws');
  onTestFinished(() => socket.terminate());
  const messages: Message[] = [];
  socket.on('message', (data: Buffer) => void messages.push(JSON.parse(data.toString()) as Message));
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const query = `subscription { sessionProgress(id: "${id}") { step session { status } } }`;
  socket.send(JSON.stringify({ id: 'p', type: 'subscribe', payload: { query } }));
  const latest = () => messages.at(-1)?.payload?.data?.sessionProgress;
  return { socket, closed, latest };
}

/** Requests /readyz over an open connection: a closing server accepts no new ones. */
async function askReady(url: string, agent: Agent): Promise<number> {
  const answer = request(`${url}/readyz`, { agent });
  answer.end();
  const [response] = (await once(answer, 'response')) as [import('node:http').IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode!;
}

const soon = { timeout: 50_000, interval: 20 };

describe('a shutdown', () => {
  it('fails /readyz, checkpoints the running session, closes sockets and exits with code 0; the next start resumes the session', async () => {
    const dataDir = await temporaryFolder();
    // The paused client delays the closing of sockets by a sixth of this time, enough for the checks below.
    const program = await start(dataDir, { EASEL_SHUTDOWN_SECONDS: '60' });
    const { server, child, lines, logged } = program;
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const id = await server.createSession({ steps: 10_000 });
    const [live, stuck] = [await subscribe(server, id), await subscribe(server, id)];
    await vi.waitFor(() => expect(live.latest()?.step).toBeGreaterThan(3), soon);
    await vi.waitFor(() => expect(stuck.latest()?.step).toBeGreaterThan(0), soon);
    stuck.socket.pause();
    expect(await askReady(server.url, agent)).toBe(200);

    child.kill('SIGTERM');
    await logged('sessions stopped');
    expect(await askReady(server.url, agent)).toBe(503);
    expect(await live.closed).toBe(1001);
    // The last event says that the session is queued again.
    expect(live.latest()!.session.status).toBe('QUEUED');
    const stoppedAt = live.latest()!.step;
    stuck.socket.resume();
    expect((await once(child, 'exit'))[0]).toBe(0);
    await logged('shut down');
    const order = [
      'shutting down',
      'session ended',
      'sessions stopped',
      'sockets closed',
      'requests drained',
      'shut down',
    ];
    expect(lines.map(({ msg }) => msg).filter((msg) => order.includes(msg))).toEqual(order);
    expect(lines.find(({ msg }) => msg === 'session ended')).toMatchObject({ session: id, status: 'QUEUED' });

    const again = await start(dataDir);
    const resumed = await subscribe(again.server, id);
    await vi.waitFor(() => expect(resumed.latest()?.step).toBeGreaterThan(stoppedAt), soon);
    const { session } = await again.server.ask<{ session: { lossCurve: { seq: number; step: number }[] } }>(
      'query ($id: ID!) { session(id: $id) { lossCurve(first: 2000) { seq step } } }',
      { id },
    );
    // No step was made twice.
    expect(session.lossCurve.every(({ seq, step }, index) => seq === step && step === index + 1)).toBe(true);
  });

  it('exits with code 1 when its time is over', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const exit = vi.fn();
    const close = vi.fn(() => new Promise<void>(() => undefined));
    const onSignal = shutDownOnce(close, 20, exit);
    onSignal();
    await vi.advanceTimersByTimeAsync(500);
    // A duplicate of the first signal.
    onSignal();
    await vi.advanceTimersByTimeAsync(19_000);
    expect(exit).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(500);
    expect(exit).toHaveBeenCalledWith(1);
    expect(close).toHaveBeenCalledTimes(1);
    expect(log).toHaveBeenCalledWith(expect.stringContaining('20 s'));
  });

  it('exits with code 1 on a second signal', async () => {
    const { server, child, logged } = await start(await temporaryFolder(), { EASEL_SHUTDOWN_SECONDS: '600' });
    const id = await server.createSession({ steps: 10_000 });
    const { socket, latest } = await subscribe(server, id);
    await vi.waitFor(() => expect(latest()).toBeDefined(), soon);
    // With a paused client, the first signal alone would take more than a minute.
    socket.pause();
    child.kill('SIGTERM');
    await logged('sessions stopped');
    const exit = once(child, 'exit');
    // A signal within a second of the first counts as the same one.
    const again = setInterval(() => child.kill('SIGTERM'), 100);
    expect((await exit)[0]).toBe(1);
    clearInterval(again);
  });
});
