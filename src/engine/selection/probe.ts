/** Tries a backend in a process of its own. */
import { fileURLToPath } from 'node:url';
import { askProcess } from '../process/ask.js';
import { SCRIPT_EXTENSION } from '../process/source.js';
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
export async function probeBackend(
  name: BackendName,
  { threads, timeoutMs = 60_000 }: { threads: number; timeoutMs?: number },
): Promise<ProbeReport> {
  try {
    return await askProcess<ProbeReport>(ENTRY, [name, String(threads)], { timeoutMs });
  } catch (error) {
    return { works: false, reason: (error as Error).message };
  }
}
