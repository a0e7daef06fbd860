/**
 * The engine's child process. Runs one job at a time, so a native crash or a lack of memory ends a session's attempt and
 * never the server. Started by `fork` with `serialization: 'advanced'`; argument 1 is the number of threads, argument 2
 * the backend choice.
 */
import { selectBackend } from '../selection/select.js';
import type { BackendChoice } from '../selection/names.js';
import { EngineError } from '../errors.js';
import type { Job } from './engine.js';
import type { EngineEvent, EngineMessage, EngineRequest } from './protocol.js';
import { JobControl, runJob } from './run-job.js';

let running: { readonly jobId: string; readonly control: JobControl } | undefined;

// The result is of use to the parent only.
process.on('disconnect', () => process.exit());

const [, , threads, choice] = process.argv;
const { backend, reason } = await selectBackend(choice as BackendChoice, { threads: Number(threads) }).catch(
  async (error: unknown) => {
    await new Promise<void>((sent) => send({ type: 'unusable', message: messageOf(error) }, sent));
    return process.exit(1);
  },
);
process.on('message', (request: EngineRequest) => {
  if (request.type === 'start') void run(request.job);
  else if (request.jobId === running?.jobId) answer(request, running.control);
});
send({ type: 'ready', backend: backend.name, reason });

async function run(job: Job): Promise<void> {
  const { jobId } = job;
  const control = new JobControl();
  running = { jobId, control };
  try {
    const image = await runJob(job, backend, control, async (record, image, checkpoint) => {
      // An image exceeds the channel's buffer. Wait until it is sent; otherwise its rest would wait for the next step.
      await new Promise<void>((sent) => send({ type: 'step', jobId, record, image, checkpoint }, sent));
    });
    send(image ? { type: 'done', jobId, image } : { type: 'cancelled', jobId });
  } catch (error) {
    send(failure(jobId, error));
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

function send(event: EngineEvent, sent: () => void = () => undefined): void {
  const message: EngineMessage = { event, memoryBytes: process.memoryUsage.rss() };
  // With a callback, a failure to send to a parent that has just exited is not thrown.
  if (process.connected) process.send!(message, undefined, undefined, sent);
  else sent();
}
