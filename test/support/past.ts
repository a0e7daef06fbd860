import { parseRecipe } from '../../src/engine/index.js';
import { onTestFinished } from 'vitest';
import { HistoryService } from '../../src/sessions/history-service.js';
import { openDatabase } from '../../src/storage/database.js';
import { LossRepository } from '../../src/storage/loss-repository.js';
import { SessionRepository } from '../../src/storage/session-repository.js';
import type { SessionRow } from '../../src/storage/index.js';
import { temporaryFolder } from '../storage/support.js';

/** A real database of sessions whose times of creation the test chooses. */
export async function openPast() {
  const database = await openDatabase(await temporaryFolder(), { synchronous: 'OFF' });
  onTestFinished(() => database.close());
  const { prisma } = database;
  const sessions = new SessionRepository(prisma, parseRecipe);
  const image = {
    id: 'img_1',
    ownerId: 'local',
    sha256: 'a'.repeat(64),
    format: 'png',
    width: 40,
    height: 30,
    byteSize: 1,
  };
  const { id: contentImageId } = await prisma.image.create({ data: { ...image, storedAt: new Date() } });
  const common = {
    ownerId: 'local',
    recipe: '{}',
    contentImageId,
    width: 40,
    height: 30,
    totalSteps: 9,
    status: 'COMPLETED',
  };
  return {
    prisma,
    sessions,
    service: new HistoryService({
      storage: { sessions, losses: new LossRepository(prisma) },
      hub: { latest: () => null, rename: () => undefined },
    }),
    /** Adds sessions created at these milliseconds. */
    async add(preset: string, ...times: readonly number[]): Promise<SessionRow[]> {
      const ids = times.map(() => `ses_${Math.random().toString(36).slice(2)}`);
      await prisma.session.createMany({
        data: times.map((time, index) => ({ ...common, id: ids[index]!, preset, createdAt: new Date(time) })),
      });
      return await sessions.findMany(ids);
    },
    async remove(id: string): Promise<void> {
      await prisma.session.delete({ where: { id } });
    },
  };
}
