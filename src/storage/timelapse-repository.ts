import type { PrismaClient } from './generated/client.js';
import { groupBySession } from './history-repository.js';
import type { TimelapseFrameRow, TimelapseRepository } from './history-types.js';

/** Timelapses' frames in the database. */
export class PrismaTimelapseRepository implements TimelapseRepository {
  constructor(private readonly prisma: PrismaClient) {}

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

  async record(frame: TimelapseFrameRow, claimToken: string, keep: readonly number[]): Promise<boolean> {
    const { sessionId, seq } = frame;
    return await this.prisma.$transaction(async (tx) => {
      // Written over itself: a mere look would not hold the claim until the frame is written.
      const { count } = await tx.session.updateMany({ where: { id: sessionId, claimToken }, data: { claimToken } });
      if (count === 0) return false;
      const others = keep.filter((kept) => kept !== seq);
      await tx.timelapseFrame.deleteMany({ where: { sessionId, seq: { notIn: others } } });
      await tx.timelapseFrame.create({ data: frame });
      return true;
    });
  }
}
