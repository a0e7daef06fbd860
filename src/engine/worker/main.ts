/**
 * The engine's child process. Runs one job at a time, so a native crash or a lack of memory ends a session's attempt and
 * never the server. Argument 1 is the number of threads, argument 2 the backend choice.
 */
import { selectBackend } from '../selection/select.js';
import { exitWithParent, onRequest, sendToParent } from '../process/child.js';
import type { BackendChoice } from '../selection/start.js';
import { EngineError } from '../errors.js';
import type { Job } from './engine.js';
import type { EngineEvent, EngineMessage, EngineRequest } from './protocol.js';
import { JobControl, runJob } from './run-job.js';

let running: { readonly jobId: string; readonly control: JobControl } | undefined;

exitWithParent();
const [, , threads, choice] = process.argv;
const { backend, reason } = await selectBackend(choice as BackendChoice, { threads: Number(threads) }).catch(
  async (error: unknown) => {
    await send({ type: 'unusable', message: messageOf(error) });
    return process.exit(1);
  },
);
onRequest<EngineRequest>((request) => {
  if (request.type === 'start') void run(request.job);
  else if (request.jobId === running?.jobId) answer(request, running.control);
});
void send({ type: 'ready', backend: backend.name, reason });

async function run(job: Job): Promise<void> {
  const { jobId } = job;
  const control = new JobControl();
  running = { jobId, control };
  try {
    const image = await runJob(job, backend, control, async (record, image, checkpoint) => {
      // An image exceeds the channel's buffer. Wait until it is sent; otherwise its rest would wait for the next step.
      await send({ type: 'step', jobId, record, image, checkpoint });
    });
    void send(image ? { type: 'done', jobId, image } : { type: 'cancelled', jobId });
  } catch (error) {
    void send(failure(jobId, error));
  } finally {
    running = undefined;
  }
}

function answer(request: Exclude<EngineRequest, { type: 'start' }>, control: JobControl): void {
  if (request.type === 'cancel') control.cancel();
  else if (request.type === 'wantImage') control.wantsImage = true;
  else control.wantsCheckpoint = request;
}

function failure(jobId: string, error: unknown): EngineEvent {
  if (error instanceof EngineError) {
    const { code, message, field } = error;
    return { type: 'failed', jobId, code, message, field };
  }
  return { type: 'failed', jobId, code: 'BACKEND_FAILED', message: messageOf(error) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function send(event: EngineEvent): Promise<void> {
  const message: EngineMessage = { event, memoryBytes: process.memoryUsage.rss() };
  return sendToParent(message);
}
