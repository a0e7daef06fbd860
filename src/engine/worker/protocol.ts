/**
 * Messages between the parent and the engine process, over Node's IPC channel with `serialization: 'advanced'` (structured
 * clone, so images travel as bytes). One job at a time.
 */
import type { RgbImage } from '../../core/pixels.js';
import type { EngineErrorCode } from '../errors.js';
import type { StepRecord } from '../types/run.js';
import type { CheckpointRequest, Job, WrittenCheckpoint } from './engine.js';

/** Parent to engine process. */
export type EngineRequest =
  | { readonly type: 'start'; readonly job: Job }
  /** Attach the image to the next step record, once. Images are made on request only. */
  | { readonly type: 'wantImage'; readonly jobId: string }
  /** Write the state after the next step to a file, once, and attach its name to the step record. */
  | ({ readonly type: 'wantCheckpoint'; readonly jobId: string; readonly file: string } & CheckpointRequest)
  /** Stop before the next step. The answer is `cancelled`, as it is after stopping at a checkpoint. */
  | { readonly type: 'cancel'; readonly jobId: string };

/** Engine process to parent: an event, and the process's resident memory in bytes. */
export interface EngineMessage {
  readonly event: EngineEvent;
  readonly memoryBytes: number;
}

export type EngineEvent =
  /** The backend is loaded; a job can be sent. */
  | { readonly type: 'ready'; readonly backend: string; readonly reason: string }
  /** The requested backend cannot start; the process exits. */
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
