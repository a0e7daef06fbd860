import type { Scale, StepRecord } from '../engine/index.js';
import type { LossRow, SessionRow, Storage } from '../storage/index.js';
import type { Pace } from './pace.js';
import type { PreviewFrame, PreviewFrames } from './preview-frame.js';

/** A step record with its pace, as clients see it. */
export interface StepProgress extends Omit<StepRecord, 'scale'>, Pace {
  /** Null if only the stored losses are known: after a restart, and for sessions that have ended. */
  readonly scale: Scale | null;
}

/** The live state of a session, just after a step or a change of status. */
export interface SessionProgress {
  /** Number of the newest step record; 0 before the first. */
  readonly seq: number;
  /** The row, with the live progress in place of the last written one. */
  readonly session: SessionRow;
  /** The newest step record of the current run; null before the first. */
  readonly progress: StepProgress | null;
}

/** What a subscriber receives. */
export interface ProgressEvent extends SessionProgress {
  /** The newest available preview; it may belong to an older step record, see its `seq`. */
  readonly frame: PreviewFrame | null;
  /** Step records before this one are missing from the stream and can no longer be replayed. */
  readonly gap: boolean;
}

/** The state of a session that is not running in this process. */
export type StoredProgress = Omit<ProgressEvent, 'gap'>;

/** Reads the state of sessions from storage. */
export class ProgressReader {
  constructor(
    private readonly storage: Pick<Storage, 'sessions' | 'losses' | 'images'>,
    private readonly frames: PreviewFrames,
  ) {}

  /** Null if there is no such session. */
  async read(id: string): Promise<StoredProgress | null> {
    const session = await this.storage.sessions.find(id);
    if (!session) return null;
    const loss = session.step > 0 ? ((await this.storage.losses.last([id])).get(id) ?? null) : null;
    const result = session.resultImageId ? await this.storage.images.find(session.resultImageId) : null;
    return {
      seq: session.seq,
      session,
      progress: loss && toProgress(session, loss),
      frame: result && this.frames.result(result, session.seq),
    };
  }
}

function toProgress({ totalSteps, evaluations }: SessionRow, loss: LossRow): StepProgress {
  const { seq, step, elapsedMs, total, content, style, totalVariation } = loss;
  return {
    seq,
    step,
    totalSteps,
    elapsedMs,
    evaluations,
    losses: { total, content, style, totalVariation, layers: [] },
    scale: null,
    stepsPerSecond: null,
    etaMs: null,
  };
}
