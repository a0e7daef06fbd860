import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from './storage/support.js';
import { TestServer } from './support/server.js';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

interface ServerProcess {
  readonly server: TestServer;
  readonly child: ChildProcess;
  /** The engine process's id. */
  readonly enginePid: number;
}

/** Starts the program as an operator does; killed when the test ends. */
async function start(dataDir: string): Promise<ServerProcess> {
  const child = fork(MAIN, [], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, EASEL_DATA: dataDir, EASEL_PORT: '0', EASEL_THREADS: '1', EASEL_BACKEND: 'onnx-cpu' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [[message], enginePid] = await Promise.all([once(child, 'message'), engineOf(child)]);
  const server = new TestServer((message as { url: string }).url, async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  return { server, child, enginePid };
}

async function engineOf(child: ChildProcess): Promise<number> {
  for await (const line of createInterface(child.stdout!)) {
    const { msg, pid, ...rest } = JSON.parse(line) as { msg: string; pid: number };
    if (msg === 'engine ready') {
      expect(rest).toMatchObject({ backend: 'onnx-cpu' });
      // The log must still be read, or the process would wait for a reader.
      child.stdout!.resume();
      return pid;
    }
  }
  throw new Error('no engine');
}

/** Waits until the session has made so many steps, or has ended. */
async function ranSteps(server: TestServer, id: string, steps = Infinity): Promise<void> {
  const query = `subscription { sessionProgress(id: "${id}") { step } }`;
  for await (const { data } of server.connect().iterate<{ sessionProgress: { step: number } }>({ query })) {
    if (data!.sessionProgress.step >= steps) return;
  }
}

interface Found {
  readonly session: { readonly status: string; readonly step: number; readonly lossCurve: { step: number }[] };
}

const SESSION = 'query ($id: ID!) { session(id: $id) { status step lossCurve { step } } }';

/** What the program writes to stderr, where it ends with code 1. */
async function linesOfFailure(env: NodeJS.ProcessEnv): Promise<string[]> {
  const child = fork(MAIN, [], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const lines: string[] = [];
  for await (const line of createInterface(child.stderr!)) lines.push(line);
  expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1);
  return lines;
}

describe('the program', () => {
  it('takes a session up again after it was killed, and leaves no engine behind', async () => {
    const dataDir = await temporaryFolder();
    const first = await start(dataDir);
    const id = await first.server.createSession({ steps: 400 });
    await ranSteps(first.server, id, 20);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    await vi.waitFor(() => expect(() => process.kill(first.enginePid, 0)).toThrow('ESRCH'), 5000);

    const { server } = await start(dataDir);
    await ranSteps(server, id);
    const { session } = await server.ask<Found>(SESSION, { id });
    expect(session).toMatchObject({ status: 'COMPLETED', step: 400 });
    expect(session.lossCurve.map(({ step }) => step)).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
  });

  it('puts the running session back into the queue when it is asked to end', async () => {
    const dataDir = await temporaryFolder();
    const { server, child } = await start(dataDir);
    const id = await server.createSession({ steps: 10_000 });
    await ranSteps(server, id, 5);
    await server.close();
    expect(child.exitCode).toBe(0);

    const again = await start(dataDir);
    await ranSteps(again.server, id, 5);
    const { session } = await again.server.ask<Found>(SESSION, { id });
    expect(session.status).toBe('RUNNING');
  });

  it('says in plain words why it does not start', async () => {
    const lines = await linesOfFailure({ EASEL_PORT: 'many', EASEL_THREADS: '0' });
    expect(lines).toHaveLength(3);
    expect(lines.join('\n')).toMatch(/EASEL_PORT[\s\S]*EASEL_THREADS/);
  });

  it('does not start without the backend that was asked for', async () => {
    const backend = process.platform === 'win32' ? 'onnx-coreml' : 'onnx-dml';
    const lines = await linesOfFailure({
      EASEL_BACKEND: backend,
      EASEL_DATA: await temporaryFolder(),
      EASEL_PORT: '0',
    });
    expect(lines).toEqual([expect.stringMatching(`^${backend} cannot start: .* It needs: `)]);
  });
});
