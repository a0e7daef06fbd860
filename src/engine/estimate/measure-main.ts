/** The process around a measurement (measure-process.ts). Argument 1 is the backend's name, 2 the thread count. */
import type { BackendName } from '../selection/names.js';
import { startBackend } from '../selection/start.js';
import { measureSpeed } from './measure.js';
import { fitSpeed } from './unit-costs.js';

/** What is spent on it, seconds; the rung that is being climbed then is climbed to its end. */
const BUDGET_SECONDS = 2.5;

// Nobody waits for it any more.
process.once('disconnect', () => process.exit());
const { backend } = await startBackend(process.argv[2] as BackendName, { threads: Number(process.argv[3]) });
const speed = fitSpeed(await measureSpeed(backend, BUDGET_SECONDS));
process.send!(speed, () => process.exit());
