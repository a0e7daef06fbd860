import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { decodeCheckpoint } from '../../src/engine/index.js';
import { temporaryFolder } from '../storage/support.js';
import { EASEL, runEasel } from './program.js';
import { TestServer } from '../support/server.js';
import { unavailableBackend } from '../support/unavailable-backend.js';

interface ServerProcess {
  readonly server: TestServer;
  readonly child: ChildProcess;
  /** The engine process's id. */
  readonly enginePid: number;
}

/** Starts `easel serve`; killed when the test ends. */
async function start(dataDir: string): Promise<ServerProcess> {
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
    },
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
      // Drain the log, or the process would block on a full pipe.
      child.stdout!.resume();
      return pid;
    }
  }
  throw new Error('no engine');
}

/** Waits until a condition holds after a step of the session, or until the session ends. */
async function ranUntil(
  server: TestServer,
  id: string,
  holds: (step: number) => boolean | Promise<boolean>,
): Promise<void> {
  const query = `subscription { sessionProgress(id: "${id}") { step } }`;
  for await (const { data } of server.connect().iterate<{ sessionProgress: { step: number } }>({ query })) {
    if (await holds(data!.sessionProgress.step)) return;
  }
}

/** Waits until the session has made `steps` steps, or has ended. */
async function ranSteps(server: TestServer, id: string, steps = Infinity): Promise<void> {
  await ranUntil(server, id, (step) => step >= steps);
}

interface LossPoint {
  readonly seq: number;
  readonly step: number;
  readonly total: number;
}

async function curveOf(server: TestServer, id: string): Promise<LossPoint[]> {
  const query = 'query ($id: ID!) { session(id: $id) { lossCurve(first: 2000) { seq step total } } }';
  return (await server.ask<{ session: { lossCurve: LossPoint[] } }>(query, { id })).session.lossCurve;
}

interface Found {
  readonly session: { readonly status: string; readonly step: number; readonly lossCurve: { step: number }[] };
}

const SESSION = 'query ($id: ID!) { session(id: $id) { status step lossCurve { step } } }';

describe('`easel serve`', () => {
  it('resumes a session after a SIGKILL and leaves no engine process behind', async () => {
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

  it('completes or never starts each of a pause, a continuation and a deletion that a SIGKILL interrupts', async () => {
    const dataDir = await temporaryFolder();
    const first = await start(dataDir);
    const ended = [await first.server.createSession({ steps: 2 }), await first.server.createSession({ steps: 2 })];
    for (const id of ended) await ranSteps(first.server, id);
    const [continued, deleted] = ended as [string, string];
    const paused = await first.server.createSession({ steps: 150 });
    await ranSteps(first.server, paused, 5);
    const begin = async (mutation: string) => {
      await first.server.send(`mutation { ${mutation} { errors { code } } }`);
    };
    const begun = [
      begin(`continueSession(id: "${continued}", steps: 3)`),
      begin(`pauseSession(id: "${paused}")`),
      begin(`deleteSession(id: "${deleted}")`),
    ];
    // One is acknowledged, the others are in flight.
    await Promise.race(begun);
    first.child.kill('SIGKILL');
    await Promise.allSettled([once(first.child, 'exit'), ...begun]);

    const { server } = await start(dataDir);
    const find = async (id: string) => (await server.ask<Found | { session: null }>(SESSION, { id })).session;
    if ((await find(paused))!.status === 'PAUSED') {
      await server.ask('mutation ($id: ID!) { resumeSession(id: $id) { errors { code } } }', { id: paused });
    }
    for (const id of [continued, paused]) {
      await ranSteps(server, id);
      const { status, step, lossCurve } = (await find(id))!;
      expect(status).toBe('COMPLETED');
      expect(id === paused ? [150] : [2, 5]).toContain(step);
      expect(lossCurve.map((point) => point.step)).toEqual(Array.from({ length: step }, (_, index) => index + 1));
    }
    const kept = (await readdir(path.join(dataDir, 'checkpoints'))).sort();
    const isDeleted = (await find(deleted)) === null;
    expect(kept).toEqual([continued, paused, ...(isDeleted ? [] : [deleted])].sort());
  }, 120_000);

  it('repeats the published losses when it resumes from a checkpoint after a SIGKILL', async () => {
    const dataDir = await temporaryFolder();
    const first = await start(dataDir);
    const id = await first.server.createSession({ steps: 10_000, size: 128 });
    const checkpoint = path.join(dataDir, 'checkpoints', id);
    await ranUntil(first.server, id, () => existsSync(checkpoint));
    const { step } = decodeCheckpoint(await readFile(checkpoint));
    let published: LossPoint[] = [];
    await ranUntil(first.server, id, async () => {
      published = await curveOf(first.server, id);
      return published.at(-1)!.step > step;
    });
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');

    const { server } = await start(dataDir);
    await ranSteps(server, id, published.at(-1)!.step + 20);
    await server.ask('mutation ($id: ID!) { cancelSession(id: $id) { errors { code } } }', { id });
    await ranSteps(server, id);
    const curve = await curveOf(server, id);
    expect(curve.map((point) => point.step)).toEqual(curve.map((_, index) => index + 1));
    expect(curve.slice(0, published.length).map(({ total }) => total)).toEqual(published.map(({ total }) => total));
    // No step before the checkpoint was repeated.
    expect(curve.slice(0, step).every((point) => point.seq === point.step)).toBe(true);
    expect(curve.at(-1)!.seq).toBeGreaterThan(curve.at(-1)!.step);
    // Kept for a continuation.
    expect(existsSync(checkpoint)).toBe(true);
  });

  it('puts the running session back into the queue on SIGTERM', async () => {
    const dataDir = await temporaryFolder();
    const { server, child } = await start(dataDir);
    const id = await server.createSession({ steps: 10_000 });
    await ranSteps(server, id, 5);
    await server.close();
    expect(child.exitCode).toBe(0);

    const again = await start(dataDir);
    const stoppedAt = (await curveOf(again.server, id)).length;
    expect(stoppedAt).toBeGreaterThanOrEqual(5);
    await ranSteps(again.server, id, stoppedAt + 5);
    const { session } = await again.server.ask<Found>(SESSION, { id });
    expect(session.status).toBe('RUNNING');
    // No step was made twice.
    const curve = await curveOf(again.server, id);
    expect(curve.map((point) => point.seq)).toEqual(curve.map((_, index) => index + 1));
  });

  it('lists every bad variable and exits with code 1', async () => {
    const { code, err } = await runEasel([], { EASEL_PORT: 'many', EASEL_THREADS: '0' });
    expect(code).toBe(1);
    expect(err).toMatch(/^[^\n]+\n {2}EASEL_PORT [^\n]+\n {2}EASEL_THREADS [^\n]+\n$/);
  });

  it('exits with code 1 if the requested backend cannot start', async () => {
    const backend = await unavailableBackend();
    const EASEL_DATA = await temporaryFolder();
    const { code, err } = await runEasel(['serve'], { EASEL_BACKEND: backend, EASEL_DATA, EASEL_PORT: '0' });
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`^${backend} cannot start: [^\\n]* It needs: [^\\n]*\\n$`));
  });
});
