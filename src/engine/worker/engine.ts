import type { GreyImage, RgbImage } from '../../core/pixels.js';
import type { CheckpointForm } from '../checkpoint/checkpoint.js';
import type { Recipe } from '../recipe/recipe.js';
import type { Continuation } from '../schedule/pyramid.js';
import type { NetworkIdentity, StepRecord, StyleImage } from '../types/run.js';

/**
 * Runs jobs, one at a time. `EngineProcess` is the production implementation: it computes in a child process. Tests pass
 * a scripted one.
 */
export interface Engine {
  readonly state: EngineState;
  /** Name of the loaded backend; null until one is loaded. */
  readonly backend: string | null;
  /** Why this backend was selected, or why there is none; null while the engine starts. */
  readonly reason: string | null;
  /** Threads of one operator. */
  readonly threads: number;
  /** Resident memory at the engine's last message, bytes; 0 if the engine is down. */
  readonly memoryBytes: number;

  /**
   * Starts the engine if it is down, and resolves when it can take a job.
   * @throws EngineError `BACKEND_FAILED` if the requested backend cannot start; `ENGINE_CRASHED` if the engine died while
   *   starting or was closed
   */
  start(): Promise<void>;

  /** Runs a job, and starts the engine first if it is down. Throws if the previous job has not ended. */
  run(job: Job, options: RunOptions): EngineRun;

  /** Stops the engine for good. A running job is rejected with `ENGINE_CRASHED`. */
  close(): Promise<void>;
}

/** STARTING until the backend is loaded, then READY or BUSY; DOWN if the engine could not be started. */
export type EngineState = 'STARTING' | 'READY' | 'BUSY' | 'DOWN';

/** A run as the engine receives it. */
export interface Job {
  readonly jobId: string;
  readonly recipe: Recipe;
  readonly content: RgbImage;
  readonly styles: readonly StyleImage[];
  /** Required if and only if the recipe's `initialImage` is IMAGE. */
  readonly initialImage?: RgbImage | undefined;
  /** Where the content stays unchanged. */
  readonly keepMask?: GreyImage | undefined;
  /** The network and its file. */
  readonly network: NetworkIdentity & { readonly file: string };
  /** `seq` of the first step record; it rises by 1 per record. */
  readonly firstSeq: number;
  /** Path of the checkpoint to resume, or to continue if `continuation` is given. */
  readonly resume?: string | undefined;
  /** Makes the run a continuation of the run that the checkpoint ended. */
  readonly continuation?: Continuation | undefined;
  /** Path for the final, compact checkpoint; replaces a regular one at the last step. Omit to write none. */
  readonly finalState?: string | undefined;
}

export interface RunOptions {
  /** Called after every step; with the image and the checkpoint if they were requested before the step. */
  readonly onStep: (record: StepRecord, image?: RgbImage, checkpoint?: WrittenCheckpoint) => void;
  /** Aborting stops the run at the end of the current step. */
  readonly signal: AbortSignal;
}

/** A run in progress. */
export interface EngineRun {
  /** The result; null if the run was aborted or stopped at a checkpoint. Rejects with an `EngineError`. */
  readonly finished: Promise<RgbImage | null>;
  /** Requests the image of the next step. */
  wantImage(): void;
  /** Requests that the state after the next step is written to `file`. */
  wantCheckpoint(file: string, options: CheckpointRequest): void;
}

export interface CheckpointRequest {
  readonly form: CheckpointForm;
  /** Stops the run after the checkpoint. */
  readonly thenStop: boolean;
}

/**
 * A checkpoint file: complete, but perhaps not yet forced to disk. With `error`, the file could not be written. (The file
 * name is sent instead of tens of megabytes, which would block the serving process for tenths of a second.)
 */
export interface WrittenCheckpoint {
  readonly file: string;
  readonly error?: string;
}
