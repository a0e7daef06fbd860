/** Runs one job and answers its parent's requests between the steps. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RgbImage } from '../../core/pixels.js';
import type { Backend } from '../backend/backend.js';
import { EngineError } from '../errors.js';
import { loadNetwork, type Network } from '../network/network.js';
import { stylize } from '../run/stylize.js';
import type { StepRecord } from '../types/run.js';
import type { CheckpointRequest, Job, WrittenCheckpoint } from './engine.js';

/** What the parent wants from a running job. The job resets the requests that it has answered. */
export class JobControl {
  readonly #abort = new AbortController();
  wantsImage = false;
  wantsCheckpoint: (CheckpointRequest & { readonly file: string }) | null = null;

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Stops the job before its next step. */
  cancel(): void {
    this.#abort.abort();
  }
}

/** Called after every step; the job waits for the promise. */
export type JobListener = (record: StepRecord, image?: RgbImage, checkpoint?: WrittenCheckpoint) => Promise<void>;

/**
 * @returns the result, or null if the job was cancelled or stopped at a checkpoint
 * @throws EngineError as `stylize` does; `NETWORK_INVALID` if the network's file has changed; any other error is a bug or
 *   the backend's
 */
export async function runJob(
  job: Job,
  backend: Backend,
  control: JobControl,
  onStep: JobListener,
): Promise<RgbImage | null> {
  try {
    return await run(job, backend, control, onStep);
  } catch (error) {
    if (control.signal.aborted) return null;
    throw error;
  }
}

async function run(job: Job, backend: Backend, control: JobControl, onStep: JobListener): Promise<RgbImage> {
  const { recipe, content, styles, initialImage, keepMask, firstSeq, continuation, finalState } = job;
  const network = await networkOf(job);
  const resume = job.resume === undefined ? undefined : await readCheckpoint(job.resume);
  const steps = stylize(
    { content, styles, initialImage, keepMask, recipe, network, backend, firstSeq, resume, continuation },
    { signal: control.signal },
  );
  for (;;) {
    const next = await steps.next();
    if (next.done) return next.value;
    // A step blocks the event loop. Read the requests that arrived during it; otherwise a parent that requests an image
    // after every image would get one every other step.
    await nextTurn();
    const { image, checkpoint, isLast, ...record } = next.value;
    const { wantsImage } = control;
    const final = isLast && finalState !== undefined;
    const wanted = final ? ({ file: finalState, form: 'FINAL', thenStop: false } as const) : control.wantsCheckpoint;
    control.wantsImage = false;
    control.wantsCheckpoint = null;
    const stepImage = wantsImage ? image() : undefined;
    const written = wanted ? await writeCheckpoint(wanted.file, checkpoint(wanted.form)) : undefined;
    if (wanted?.thenStop) control.cancel();
    await onStep(record, stepImage, written);
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

/** Keeps the last job's network: most jobs use the same one, and loading a VGG19 takes a second. */
async function networkOf({ network: { file, sha256 } }: Job): Promise<Network> {
  if (loaded?.sha256 === sha256) return loaded;
  const network = await loadNetwork(file);
  if (network.sha256 !== sha256) {
    throw new EngineError(
      'NETWORK_INVALID',
      `The network file ${file} has changed since the session was created. Create a new session.`,
      'network',
    );
  }
  loaded = network;
  return network;
}
