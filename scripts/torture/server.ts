/** A real server process that torture scripts start, kill, stall and start again. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program. */
const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const START_MS = 60_000;

/** A server that did not start, with what it said. */
export class StartError extends Error {}

export async function temporaryFolder(): Promise<string> {
  return await mkdtemp(path.join(tmpdir(), 'easel-torture-'));
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

export class ServerProcess {
  readonly exit: Promise<number | null>;
  /** Everything that it wrote, in lines. */
  readonly log: string[] = [];

  private constructor(
    private readonly child: ChildProcess,
    readonly dataDir: string,
    private address = '',
  ) {
    this.exit = once(child, 'exit').then(([code]) => code as number | null);
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => this.log.push(...chunk.toString().split('\n').filter(Boolean)));
    }
  }

  /** Starts a server on a free port and waits until it listens. Throws `StartError` where it ends before that. */
  static async start(dataDir: string, env: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
    const child = fork(PROGRAM, ['serve'], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        EASEL_PORT: '0',
        EASEL_DATA: dataDir,
        EASEL_CALIBRATE: 'off',
        EASEL_WEIGHTS_URL: 'offline',
        EASEL_THREADS: '1',
        EASEL_MAX_REQUESTS: '1000000',
        ...env,
      },
    });
    const server = new ServerProcess(child, dataDir);
    const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
    const started = await Promise.race([once(child, 'message'), server.exit]);
    clearTimeout(timer);
    if (!Array.isArray(started)) throw new StartError(server.log.join('\n'));
    server.address = (started[0] as { url: string }).url;
    return server;
  }

  get url(): string {
    return this.address;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Sends a signal and waits for the end. Resolves with the exit code; null where the signal ended it. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return await this.exit;
  }

  /** Ids of its child processes: the engine, and whatever else it started. */
  async children(): Promise<number[]> {
    return await childrenOf(this.pid);
  }

  /** Resident memory, bytes. */
  async memory(): Promise<number> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8').catch(() => '');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  }
}

async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent ? Number(pid) : null;
    }),
  );
  return found.filter((pid) => pid !== null);
}

/** Sends a signal to a process that may be gone. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Waits until a condition holds; throws with the description after the limit. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, limitMs = 60_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Whether there is such a process. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
