import type { Scale, StepRecord } from '../engine/types/run.js';
import type { SessionRow } from '../storage/types.js';
import type { Pace } from './pace.js';
import type { PreviewFrame } from './preview-frame.js';

/** A step record as clients see it: with its pace. */
export interface Progress extends Omit<StepRecord, 'scale'>, Pace {
  /** Null where only the stored loss curve is known: after a restart, and of finished sessions. */
  readonly scale: Scale | null;
}

/** A session at one instant: just after a step record, or just after a change of status. */
export interface Moment {
  /** The newest step record's number at that instant; 0 before the first. */
  readonly seq: number;
  /** The row, with the progress of the instant rather than of the last write. */
  readonly session: SessionRow;
  /** The newest step record of the present run; null before the first. */
  readonly progress: Progress | null;
}

/** What a subscriber receives. */
export interface ProgressEvent extends Moment {
  /** The newest preview at hand, which may belong to an older record; see its own seq. */
  readonly frame: PreviewFrame | null;
  /** Step records before this one are missing from the stream and can no longer be replayed. */
  readonly gap: boolean;
}

/** What is known of a session that this process has not been running. */
export interface Snapshot extends Moment {
  readonly frame: PreviewFrame | null;
}
