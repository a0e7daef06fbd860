/** The process around a try (probe.ts). Argument 1 is the backend's name, 2 the thread count. */
import type { BackendName } from './names.js';
import { PROBE_SIZE, type ProbeReport } from './probe.js';
import { startBackend } from './start.js';
import { timeStep } from './time-step.js';

async function tryOut(name: BackendName, threads: number): Promise<ProbeReport> {
  try {
    const { backend, reason } = await startBackend(name, { threads });
    return { works: true, backend: backend.name, reason, seconds: await timeStep(backend, PROBE_SIZE) };
  } catch (error) {
    return { works: false, reason: error instanceof Error ? error.message.trim() : String(error) };
  }
}

const report = await tryOut(process.argv[2] as BackendName, Number(process.argv[3]));
process.send!(report, () => process.exit());
