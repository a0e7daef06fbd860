/**
 * What the parent and the engine process say to each other, over Node's IPC channel with `serialization: 'advanced'`
 * (structured clone, so pictures travel as bytes). One job at a time.
 */
import type { EngineErrorCode } from '../errors.js';
import type { Recipe } from '../recipe/recipe.js';
import type { NetworkIdentity, RgbImage, StepRecord, StyleImage } from '../types.js';

/** A run as the engine process receives it. */
export interface Job {
  readonly jobId: string;
  readonly recipe: Recipe;
  readonly content: RgbImage;
  readonly styles: readonly StyleImage[];
  /** The network file to use, and who it is. */
  readonly network: NetworkIdentity & { readonly file: string };
  /** Step records are numbered from here: the first is `firstSeq`. */
  readonly firstSeq: number;
}

/** Parent to engine process. */
export type EngineRequest =
  | { readonly type: 'start'; readonly job: Job }
  /** Attach the picture to the next step record (once). Previews are made only when somebody asks. */
  | { readonly type: 'wantImage'; readonly jobId: string }
  /** Stop before the next step. Answered by `cancelled`. */
  | { readonly type: 'cancel'; readonly jobId: string };

/** Engine process to parent. */
export type EngineEvent =
  /** Ready for a job: the backend is loaded. */
  | { readonly type: 'ready'; readonly backend: string; readonly reason: string }
  /** The backend that was asked for cannot start. The process ends. */
  | { readonly type: 'unusable'; readonly message: string }
  | { readonly type: 'step'; readonly jobId: string; readonly record: StepRecord; readonly image?: RgbImage }
  | { readonly type: 'done'; readonly jobId: string; readonly image: RgbImage }
  | { readonly type: 'cancelled'; readonly jobId: string }
  | {
      readonly type: 'failed';
      readonly jobId: string;
      readonly code: EngineErrorCode;
      readonly message: string;
      readonly field?: string;
    };
