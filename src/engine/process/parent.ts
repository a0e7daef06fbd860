/** The parent's side of a child process: starts it, sends requests, receives messages and learns how it ended. */
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The programs that run in a child process, relative to this folder and without extension. */
export const WORKER_SCRIPTS = {
  engine: '../worker/main',
  install: '../install/main',
  probe: '../selection/probe-main',
  measure: '../estimate/measure-main',
} as const;

export type WorkerName = keyof typeof WORKER_SCRIPTS;

/**
 * The script of a worker and how Node runs it: dist/*.js as it is, src/*.ts through tsx. Internal, for tests: a folder in
 * EASEL_TEST_WORKERS holds bundles named `<worker>.mjs`, which start much faster than tsx.
 */
function workerEntry(name: WorkerName): { readonly file: string; readonly execArgv: string[] } {
  const bundles = process.env['EASEL_TEST_WORKERS'];
  if (bundles) return { file: path.join(bundles, `${name}.mjs`), execArgv: [] };
  const extension = path.extname(import.meta.url);
  const file = fileURLToPath(new URL(WORKER_SCRIPTS[name] + extension, import.meta.url));
  const execArgv = extension === '.ts' ? ['--import', createRequire(import.meta.url).resolve('tsx')] : [];
  return { file, execArgv };
}

export interface WorkerEnd {
  /** Predicate of a sentence whose subject is the process: `was ended by SIGKILL`, `ended with code 1`. */
  readonly how: string;
  readonly signal: NodeJS.Signals | null;
}

export interface WorkerProcess<Request> {
  /** Undefined if the process could not be started. */
  readonly pid: number | undefined;
  /** Resolves after the last message, when the process has ended or could not be started. Never rejects. */
  readonly ended: Promise<WorkerEnd>;
  /** Sends a request; a process that has ended ignores it. */
  send(request: Request): void;
  kill(): void;
}

export interface WorkerOptions<Message> {
  readonly args: readonly string[];
  readonly onMessage: (message: Message) => void;
  /** Discards the output of the process; default: it goes to this process's output. */
  readonly silent?: boolean;
}

/** Starts a worker. Messages are structured clones, so images travel as bytes. */
export function startWorker<Request, Message>(
  name: WorkerName,
  { args, onMessage, silent = false }: WorkerOptions<Message>,
): WorkerProcess<Request> {
  const { file, execArgv } = workerEntry(name);
  const output = silent ? 'ignore' : 'inherit';
  const child = fork(file, args, { execArgv, serialization: 'advanced', stdio: ['ignore', output, output, 'ipc'] });
  child.on('message', onMessage);
  const exited = new Promise<WorkerEnd>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ how: signal ? `was ended by ${signal}` : `ended with code ${code}`, signal });
    });
    child.on('error', (error) => {
      // A process that could not be started has no exit event.
      if (child.pid === undefined) resolve({ how: `could not be started: ${error.message}`, signal: null });
    });
  });
  // The last messages may arrive after the exit, but not after the disconnection.
  const disconnected = new Promise<void>((resolve) => {
    if (child.connected) child.once('disconnect', resolve);
    else resolve();
  });
  return {
    pid: child.pid,
    ended: exited.then(async (end) => {
      if (child.pid !== undefined) await disconnected;
      return end;
    }),
    send: (request) => {
      if (child.connected) child.send(request as object, () => undefined);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

/**
 * Starts a worker that answers with one message and exits: a native crash or hang there does not affect this process.
 * @param timeoutMs after this time the worker is killed
 * @throws Error saying how the worker ended without an answer; the signal's reason if it was aborted
 */
export async function askWorker<Answer>(
  name: WorkerName,
  args: readonly string[],
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<Answer> {
  signal?.throwIfAborted();
  const limit = AbortSignal.timeout(timeoutMs);
  const stop = signal ? AbortSignal.any([signal, limit]) : limit;
  let answer: { readonly value: Answer } | undefined;
  const worker = startWorker<never, Answer>(name, { args, silent: true, onMessage: (value) => (answer ??= { value }) });
  stop.addEventListener('abort', worker.kill, { once: true });
  const { how } = await worker.ended;
  stop.removeEventListener('abort', worker.kill);
  if (answer) return answer.value;
  signal?.throwIfAborted();
  throw new Error(limit.aborted ? `it took longer than ${timeoutMs / 1000} s` : `its process ${how}`);
}
