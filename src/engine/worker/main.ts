/**
 * The engine's child process: runs one job at a time, so that a native crash or a lack of memory ends a session's
 * attempt and never the server. Started by `fork` with `serialization: 'advanced'`; argument 1 is the thread count,
 * argument 2 the choice of a backend.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Backend } from '../backend/backend.js';
import { selectBackend } from '../selection/select.js';
import type { CheckpointForm } from '../checkpoint/checkpoint.js';
import type { BackendChoice } from '../selection/names.js';
import { EngineError } from '../errors.js';
import { loadNetwork, type Network } from '../network/network.js';
import { stylize } from '../run/stylize.js';
import type { EngineEvent, EngineMessage, EngineRequest, Job, WrittenCheckpoint } from './protocol.js';

interface RunningJob {
  readonly jobId: string;
  readonly controller: AbortController;
  wantsImage: boolean;
  wantsCheckpoint: { readonly file: string; readonly form: CheckpointForm; readonly thenStop: boolean } | null;
}
let running: RunningJob | undefined;
/** There is one before there is a job. */
let chosen: Backend | undefined;

process.on('message', (request: EngineRequest) => {
  if (request.type === 'start') {
    void start(request.job);
  } else if (running && request.jobId === running.jobId) {
    if (request.type === 'cancel') running.controller.abort();
    else if (request.type === 'wantImage') running.wantsImage = true;
    else running.wantsCheckpoint = request;
  }
});
// Without its parent nobody can use the result.
process.on('disconnect', () => process.exit());
void boot();

async function boot(): Promise<void> {
  try {
    const { backend, reason } = await selectBackend(process.argv[3] as BackendChoice, {
      threads: Number(process.argv[2]),
    });
    chosen = backend;
    send({ type: 'ready', backend: backend.name, reason });
  } catch (error) {
    send({ type: 'unusable', message: messageOf(error) }, () => process.exit(1));
  }
}

async function start(job: Job): Promise<void> {
  const self: RunningJob = {
    jobId: job.jobId,
    controller: new AbortController(),
    wantsImage: false,
    wantsCheckpoint: null,
  };
  running = self;
  try {
    await run(job, self);
  } catch (error) {
    send(self.controller.signal.aborted ? { type: 'cancelled', jobId: job.jobId } : failure(job.jobId, error));
  } finally {
    running = undefined;
  }
}

async function run(job: Job, self: RunningJob): Promise<void> {
  const { jobId, recipe, content, styles, initialImage, keepMask, firstSeq, continuation, finalState } = job;
  const network = await networkOf(job);
  const backend = chosen!;
  const resume = job.resume === undefined ? undefined : await readCheckpoint(job.resume);
  const steps = stylize(
    { content, styles, initialImage, keepMask, recipe, network, backend, firstSeq, resume, continuation },
    { signal: self.controller.signal },
  );
  for (;;) {
    const next = await steps.next();
    if (next.done) {
      send({ type: 'done', jobId, image: next.value });
      return;
    }
    // Computing blocks this process: what was asked for during the step is read only now. Else whoever asks for a picture
    // as soon as the last has come would have one every other step.
    await nextTurn();
    const { image, checkpoint, isLast, ...record } = next.value;
    const { wantsImage } = self;
    const final = isLast && finalState !== undefined;
    const wanted = final ? ({ file: finalState, form: 'FINAL', thenStop: false } as const) : self.wantsCheckpoint;
    self.wantsImage = false;
    self.wantsCheckpoint = null;
    const event: EngineEvent = {
      type: 'step',
      jobId,
      record,
      image: wantsImage ? image() : undefined,
      checkpoint: wanted ? await writeCheckpoint(wanted.file, checkpoint(wanted.form)) : undefined,
    };
    // A picture is more than the channel holds at once: what is left of it would wait for the end of the next step.
    await new Promise<void>((resolve) => send(event, resolve));
    if (wanted?.thenStop) self.controller.abort();
  }
}

async function writeCheckpoint(file: string, bytes: Uint8Array): Promise<WrittenCheckpoint> {
  try {
    await writeFile(file, bytes);
    return { file };
  } catch (error) {
    await rm(file, { force: true });
    return { file, error: String(error) };
  }
}

async function readCheckpoint(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new EngineError('CHECKPOINT_INVALID', `cannot read the checkpoint ${file}`, undefined, { cause });
  }
}

let loaded: Network | undefined;

/** The last job's network is kept: most jobs use the same, and loading a VGG19 takes a second. */
async function networkOf({ network: { file, sha256 } }: Job): Promise<Network> {
  if (loaded?.sha256 === sha256) return loaded;
  const network = await loadNetwork(file);
  if (network.sha256 !== sha256) {
    throw new EngineError(
      'NETWORK_INVALID',
      `the network file ${file} has changed since the session was created`,
      'network',
    );
  }
  loaded = network;
  return network;
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
  // What is sent to a parent that has just gone is nobody's loss; without the callback the failure would be thrown.
  const message: EngineMessage = { event, memoryBytes: process.memoryUsage.rss() };
  if (process.connected) process.send!(message, undefined, undefined, sent);
  else sent();
}
