/** Starts the server as anybody would, on a free port and an empty data folder, and stops it again. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Shuts the server down and removes its data. */
  close(): Promise<void>;
}

/** main.js beside the built demo, main.ts beside its source. */
const MAIN = fileURLToPath(new URL(`../serve${path.extname(import.meta.url)}`, import.meta.url));

export async function startServerProcess(): Promise<ServerProcess> {
  const data = await mkdtemp(path.join(tmpdir(), 'easel-demo-'));
  const child = fork(MAIN, [], {
    env: {
      ...process.env,
      EASEL_PORT: '0',
      EASEL_HOST: '127.0.0.1',
      EASEL_AUTH: 'off',
      EASEL_DATA: data,
      EASEL_LOG_LEVEL: 'warn',
      EASEL_WEIGHTS_URL: 'offline',
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C is the demo's to handle: it cancels the session before the server goes.
    detached: true,
  });
  let complaints = '';
  child.stderr!.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const exited = once(child, 'exit');
  const close = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(data, { recursive: true, force: true });
  };
  const url = await Promise.race([
    once(child, 'message').then(([message]) => (message as { url: string }).url),
    exited.then(() => undefined),
  ]);
  if (url !== undefined) return { url, close };
  await close();
  throw new Error(`the server did not start\n${complaints}`);
}
