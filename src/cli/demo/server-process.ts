/** Starts the server in a child process with a free port and an empty data folder. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RequestError } from './client.js';

export interface ServerProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Shuts the server down and removes its data. */
  close(): Promise<void>;
}

/** The program: main.js in the build, main.ts in the source. */
const MAIN = fileURLToPath(new URL(`../main${path.extname(import.meta.url)}`, import.meta.url));

export async function startServerProcess(): Promise<ServerProcess> {
  const data = await mkdtemp(path.join(tmpdir(), 'easel-demo-'));
  const child = fork(MAIN, ['serve'], {
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
    // Keep Ctrl-C from the server: the demo cancels the session first.
    detached: true,
  });
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
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
  throw new RequestError(`The server did not start.\n${errors}`);
}
