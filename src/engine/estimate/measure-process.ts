/** Measures this machine's speed in a process of its own, which takes its memory along. */
import { fileURLToPath } from 'node:url';
import type { BackendName } from '../selection/names.js';
import { askProcess } from '../process/ask.js';
import { SCRIPT_EXTENSION } from '../process/source.js';
import type { UnitCosts } from './unit-costs.js';

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
): Promise<UnitCosts> {
  return askProcess<UnitCosts>(ENTRY, [selectable(backend), String(threads)], { timeoutMs: TIMEOUT_MS, signal });
}

/** `tensorflow-gpu` and `tensorflow-cpu` are what `tensorflow` comes to. */
const selectable = (backend: string) => (backend.startsWith('tensorflow') ? 'tensorflow' : backend) as BackendName;
