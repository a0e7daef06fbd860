/** The worker of `probeBackend`. Argument 1 is the backend's name, argument 2 the number of threads. */
import { answerParent } from '../process/child.js';
import { PROBE_SIZE, type ProbeReport } from './probe.js';
import { startBackend, timeStep, type BackendName } from './start.js';

const [, , name, threads] = process.argv;

await answerParent(async (): Promise<ProbeReport> => {
  try {
    const { backend, reason } = await startBackend(name as BackendName, { threads: Number(threads) });
    return { works: true, backend: backend.name, reason, seconds: await timeStep(backend, PROBE_SIZE) };
  } catch (error) {
    return { works: false, reason: error instanceof Error ? error.message.trim() : String(error) };
  }
});
