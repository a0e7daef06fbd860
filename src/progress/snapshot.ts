import type { ImageRepository, LossRow, SessionRepository, SessionRow } from '../storage/types.js';
import type { PreviewFrames } from './preview-frame.js';
import type { Progress, Snapshot } from './progress.js';

/** Reads a session's present state from storage, for the hub. */
export class SnapshotReader {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly images: ImageRepository,
    private readonly frames: PreviewFrames,
  ) {}

  async read(id: string): Promise<Snapshot | null> {
    const session = await this.sessions.find(id);
    if (!session) return null;
    const loss = session.step > 0 ? await this.sessions.lastLoss(id) : null;
    const result = session.resultImageId ? await this.images.find(session.resultImageId) : null;
    return {
      seq: session.seq,
      session,
      progress: loss && toProgress(session, loss),
      frame: result && this.frames.result(result, session.seq),
    };
  }
}

function toProgress({ totalSteps, evaluations }: SessionRow, loss: LossRow): Progress {
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
