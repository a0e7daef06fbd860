import { askWorker } from '../process/parent.js';
import type { BackendName } from '../selection/start.js';
import type { UnitCosts } from './unit-costs.js';

/** A CPU that emulates a GPU takes minutes; such a machine keeps the default costs. */
const TIMEOUT_MS = 60_000;

/**
 * Times a few small evaluations in a child process, for about three seconds, and fits the unit costs that explain them.
 * @param backend name of the started backend
 * @throws Error saying how the process ended; the signal's reason if it was aborted
 */
export function measureUnitCosts(
  backend: string,
  { threads, signal }: { threads: number; signal?: AbortSignal | undefined },
): Promise<UnitCosts> {
  // `tensorflow` starts as `tensorflow-gpu` or `tensorflow-cpu`.
  const name = (backend.startsWith('tensorflow') ? 'tensorflow' : backend) as BackendName;
  return askWorker<UnitCosts>('measure', [name, String(threads)], { timeoutMs: TIMEOUT_MS, signal });
}
