import type { PrismaClient } from './generated/client.js';
import { groupBySession } from './loss-repository.js';

/** A frame: the image of a run after one step. Its bytes are a WebP in the blob store. */
export interface TimelapseFrameRow {
  readonly sessionId: string;
  /** Number of the step record. */
  readonly seq: number;
  readonly step: number;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly byteSize: number;
}

/** The frames of timelapses in the database. */
export class TimelapseRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /** The frames of each session that has any, in order of step. */
  async framesOf(ids: readonly string[]): Promise<Map<string, TimelapseFrameRow[]>> {
    const frames = await this.prisma.timelapseFrame.findMany({
      where: { sessionId: { in: [...ids] } },
      orderBy: [{ step: 'asc' }, { seq: 'asc' }],
    });
    return groupBySession(frames, (frame) => frame);
  }

  async find(sessionId: string, seq: number): Promise<TimelapseFrameRow | null> {
    return await this.prisma.timelapseFrame.findUnique({ where: { sessionId_seq: { sessionId, seq } } });
  }

  /**
   * Adds a frame and deletes all others but those with a number in `keep`, in one transaction. False where the claim token is
   * void; then nothing is written.
   */
  async record(frame: TimelapseFrameRow, claimToken: string, keep: readonly number[]): Promise<boolean> {
    const { sessionId, seq } = frame;
    return await this.prisma.$transaction(async (tx) => {
      // An update, because a read would not hold the claim until the frame is written.
      const { count } = await tx.session.updateMany({ where: { id: sessionId, claimToken }, data: { claimToken } });
      if (count === 0) return false;
      const others = keep.filter((kept) => kept !== seq);
      await tx.timelapseFrame.deleteMany({ where: { sessionId, seq: { notIn: others } } });
      await tx.timelapseFrame.create({ data: frame });
      return true;
    });
  }
}
