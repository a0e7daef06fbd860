/** Measures this machine's speed in a process of its own, which takes its memory and its crashes along. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BackendName } from '../choice/names.js';
import { EXEC_ARGV, SCRIPT_EXTENSION } from '../worker/source.js';
import type { Speed } from './speed.js';

const ENTRY = fileURLToPath(new URL(`measure-main${SCRIPT_EXTENSION}`, import.meta.url));
/** A CPU that plays a GPU takes minutes for what takes others seconds; that is no machine to wait for. */
const TIMEOUT_MS = 60_000;

/**
 * Times a few small evaluations, three seconds in all, and fits the speed that explains them.
 * @param backend the started backend's own name
 * @throws Error saying how its process ended; the signal's reason where it was aborted
 */
export function measureMachine(
  backend: string,
  { threads, signal }: { threads: number; signal?: AbortSignal | undefined },
): Promise<Speed> {
  return new Promise((resolve, reject) => {
    const child = fork(ENTRY, [choosable(backend), String(threads)], {
      execArgv: EXEC_ARGV,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const kill = () => void child.kill('SIGKILL');
    const timer = setTimeout(kill, TIMEOUT_MS);
    const abort = () => {
      kill();
      reject(signal!.reason as Error);
    };
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
    child.on('message', (speed: Speed) => resolve(speed));
    child.on('error', reject);
    child.on('exit', (code, by) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      reject(new Error(`the measuring process ended ${by ? `by ${by}` : `with code ${code}`}`));
    });
  });
}

/** `tensorflow-gpu` and `tensorflow-cpu` are what `tensorflow` comes to. */
const choosable = (backend: string) => (backend.startsWith('tensorflow') ? 'tensorflow' : backend) as BackendName;
