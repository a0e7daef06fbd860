import { askWorker } from '../process/parent.js';
import type { BackendName } from './start.js';

/** Result of a probe. */
export type ProbeReport =
  | {
      readonly works: true;
      /** Name of the started backend. */
      readonly backend: string;
      readonly reason: string;
      /** Time of one step at `PROBE_SIZE`, seconds. */
      readonly seconds: number;
    }
  | { readonly works: false; readonly reason: string };

/** Side of the square image on which backends are timed, pixels. */
export const PROBE_SIZE = 128;

/**
 * Starts a backend in a child process and times one step.
 * @param timeoutMs after this time the backend counts as not working; a GPU needs seconds, a CPU that emulates one minutes
 */
export async function probeBackend(
  name: BackendName,
  { threads, timeoutMs = 60_000 }: { threads: number; timeoutMs?: number },
): Promise<ProbeReport> {
  try {
    return await askWorker<ProbeReport>('probe', [name, String(threads)], { timeoutMs });
  } catch (error) {
    return { works: false, reason: (error as Error).message };
  }
}
