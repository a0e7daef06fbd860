/** Tries a backend in a process of its own: native code that crashes or hangs there harms nobody. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EXEC_ARGV, SCRIPT_EXTENSION } from '../worker/source.js';
import type { BackendName } from './names.js';

/** What a try came to. */
export type ProbeReport =
  | {
      readonly works: true;
      /** The started backend's own name. */
      readonly backend: string;
      readonly reason: string;
      /** Of one step at `PROBE_SIZE`. */
      readonly seconds: number;
    }
  | { readonly works: false; readonly reason: string };

/** Side of the picture that backends are timed on, pixels. */
export const PROBE_SIZE = 128;

const ENTRY = fileURLToPath(new URL(`probe-main${SCRIPT_EXTENSION}`, import.meta.url));

/** @param timeoutMs after this time the try is given up; a GPU needs seconds, a CPU that plays one needs minutes */
export function probeBackend(
  name: BackendName,
  { threads, timeoutMs = 60_000 }: { threads: number; timeoutMs?: number },
): Promise<ProbeReport> {
  return new Promise((resolve) => {
    const fail = (reason: string) => resolve({ works: false, reason });
    const child = fork(ENTRY, [name, String(threads)], {
      execArgv: EXEC_ARGV,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const timer = setTimeout(() => {
      fail(`it took longer than ${timeoutMs / 1000} s for a few small steps`);
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('message', (report: ProbeReport) => resolve(report));
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      fail(signal ? `its process was ended by ${signal}` : `its process ended with code ${code}`);
    });
  });
}
