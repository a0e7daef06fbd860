import type { Scale, StepRecord } from '../engine/types.js';
import type { SessionRow } from '../storage/types.js';
import type { PreviewFrame } from './preview-frame.js';

/** A step record as clients see it: with its pace. */
export interface Progress extends Omit<StepRecord, 'scale'> {
  /** Null where only the stored loss curve is known: after a restart, and of finished sessions. */
  readonly scale: Scale | null;
  readonly stepsPerSecond: number | null;
  /** Milliseconds that the remaining steps will take at this pace. */
  readonly etaMs: number | null;
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

/**
 * The pace of a run at its newest record. Steps of another scale take another time, so only records of the same scale
 * count, unless there is none yet.
 */
export function withPace(record: StepRecord, before: readonly Moment[]): Progress {
  const start = before
    .map(({ progress }) => progress)
    .find((earlier) => earlier?.scale?.index === record.scale.index && earlier.step < record.step);
  const steps = record.step - (start?.step ?? 0);
  const elapsed = record.elapsedMs - (start?.elapsedMs ?? 0);
  if (elapsed <= 0) return { ...record, stepsPerSecond: null, etaMs: null };
  return {
    ...record,
    stepsPerSecond: (steps / elapsed) * 1000,
    etaMs: ((record.totalSteps - record.step) * elapsed) / steps,
  };
}
