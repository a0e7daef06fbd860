/** Has one question answered by a process of its own: native code that crashes or hangs there harms nobody. */
import { fork } from 'node:child_process';
import { EXEC_ARGV } from './source.js';

export interface AskOptions {
  /** After this time the process is killed. */
  readonly timeoutMs: number;
  /** Kills the process, too. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param script path of a script that sends one message and exits
 * @returns that message
 * @throws Error saying how the process ended without one; the signal's reason where it was aborted
 */
export function askProcess<Answer>(
  script: string,
  args: readonly string[],
  { timeoutMs, signal }: AskOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = fork(script, args, { execArgv: EXEC_ARGV, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const giveUp = (reason: unknown) => {
      reject(reason as Error);
      child.kill('SIGKILL');
    };
    const abort = () => giveUp(signal!.reason);
    const timer = setTimeout(() => giveUp(new Error(`it took longer than ${timeoutMs / 1000} s`)), timeoutMs);
    const over = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
    child.on('message', (answer: Answer) => resolve(answer));
    // It may not have started at all; then there is no exit.
    child.on('error', (error) => {
      over();
      reject(error);
    });
    child.on('exit', (code, by) => {
      over();
      reject(new Error(by ? `its process was ended by ${by}` : `its process ended with code ${code}`));
    });
  });
}
