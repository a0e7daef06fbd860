/**
 * What the parent and the engine process say to each other, over Node's IPC channel with `serialization: 'advanced'`
 * (structured clone, so pictures travel as bytes). One job at a time.
 */
import type { CheckpointForm } from '../checkpoint/checkpoint.js';
import type { EngineErrorCode } from '../errors.js';
import type { Recipe } from '../recipe/recipe.js';
import type { Continuation } from '../schedule/pyramid.js';
import type { NetworkIdentity, StepRecord, StyleImage } from '../types/run.js';
import type { GreyImage, RgbImage } from '../../core/pixels.js';

/** A run as the engine process receives it. */
export interface Job {
  readonly jobId: string;
  readonly recipe: Recipe;
  readonly content: RgbImage;
  readonly styles: readonly StyleImage[];
  /** Just where the recipe's `initialImage` is IMAGE. */
  readonly initialImage?: RgbImage | undefined;
  /** Where the content stays untouched. */
  readonly keepMask?: GreyImage | undefined;
  /** The network file to use, and who it is. */
  readonly network: NetworkIdentity & { readonly file: string };
  /** Step records are numbered from here: the first is `firstSeq`. */
  readonly firstSeq: number;
  /** The file of a checkpoint to go on from. */
  readonly resume?: string;
  /** The run goes on where that of the checkpoint has ended. */
  readonly continuation?: Continuation | undefined;
  /** The file that the state after the last step is written to, FINAL, in place of any other checkpoint of that step; nothing unless given. */
  readonly finalState?: string;
}

/**
 * The state after the step as a file, complete though perhaps not yet forced to disk; or why it could not be written.
 * (Sent as bytes, its tens of megabytes would hold up the parent, which serves, for tenths of a second.)
 */
export interface WrittenCheckpoint {
  readonly file: string;
  readonly error?: string;
}

/** Parent to engine process. */
export type EngineRequest =
  | { readonly type: 'start'; readonly job: Job }
  /** Attach the picture to the next step record (once). Previews are made only when somebody asks. */
  | { readonly type: 'wantImage'; readonly jobId: string }
  /** Write the state after the next step to a file (once) and say so in its record; then stop, where that is asked. */
  | {
      readonly type: 'wantCheckpoint';
      readonly jobId: string;
      readonly file: string;
      readonly form: CheckpointForm;
      readonly thenStop: boolean;
    }
  /** Stop before the next step. Answered by `cancelled`, as stopping at a checkpoint is. */
  | { readonly type: 'cancel'; readonly jobId: string };

/** What the engine process sends: an event, and the memory that it holds then (resident, bytes). */
export interface EngineMessage {
  readonly event: EngineEvent;
  readonly memoryBytes: number;
}

/** Engine process to parent. */
export type EngineEvent =
  /** Ready for a job: the backend is loaded. */
  | { readonly type: 'ready'; readonly backend: string; readonly reason: string }
  /** The backend that was asked for cannot start. The process ends. */
  | { readonly type: 'unusable'; readonly message: string }
  | {
      readonly type: 'step';
      readonly jobId: string;
      readonly record: StepRecord;
      readonly image?: RgbImage;
      readonly checkpoint?: WrittenCheckpoint;
    }
  | { readonly type: 'done'; readonly jobId: string; readonly image: RgbImage }
  | { readonly type: 'cancelled'; readonly jobId: string }
  | {
      readonly type: 'failed';
      readonly jobId: string;
      readonly code: EngineErrorCode;
      readonly message: string;
      readonly field?: string;
    };
