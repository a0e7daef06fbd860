import { StorageError } from './errors.js';
import type { Prisma, PrismaClient } from './generated/client.js';
import { titleColumns } from './history-repository.js';
import { newId } from './ids.js';
import { matching, pageOf } from './session-query.js';
import type {
  LossRow,
  NewSession,
  PageRequest,
  SessionChanges,
  SessionFilter,
  SessionGuard,
  SessionRepository,
  SessionRow,
  SessionStatus,
} from './types.js';

/** Styles come in the order in which they were given. */
const WITH_STYLES = {
  styles: { select: { imageId: true, weight: true, scale: true, maskImageId: true }, orderBy: { position: 'asc' } },
} satisfies Prisma.SessionInclude;

/** Statuses remembered of a session, the latest: a session that is paused and continued for ever has no end of them. */
const MAX_STATUSES = 100;

type SessionWithStyles = Prisma.SessionGetPayload<{ include: typeof WITH_STYLES }>;

/** Sessions, their styles and their loss curves in the database. */
export class PrismaSessionRepository implements SessionRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async create({ id = newId('ses'), styles, tags = [], title, ...session }: NewSession): Promise<SessionRow> {
    try {
      const created = await this.prisma.session.create({
        data: {
          ...session,
          ...titleColumns(title),
          id,
          status: 'QUEUED',
          styles: { create: styles.map((style, position) => ({ ...style, position })) },
          tags: { create: tags.map((name) => ({ name })) },
          statusHistory: { create: { position: 1, status: 'QUEUED' } },
        },
        include: WITH_STYLES,
      });
      return toRow(created);
    } catch (error) {
      // P2002: a unique index refuses the row, and a new id is never taken.
      if ((error as { code?: unknown }).code !== 'P2002') throw error;
      throw new StorageError('KEY_TAKEN', 'There is a session with this idempotency key.', { cause: error });
    }
  }

  async findByKey(idempotencyKey: string): Promise<SessionRow | null> {
    const session = await this.prisma.session.findUnique({ where: { idempotencyKey }, include: WITH_STYLES });
    return session && toRow(session);
  }

  async find(id: string): Promise<SessionRow | null> {
    const session = await this.prisma.session.findUnique({ where: { id }, include: WITH_STYLES });
    return session && toRow(session);
  }

  async findMany(ids: readonly string[]): Promise<SessionRow[]> {
    const sessions = await this.prisma.session.findMany({ where: { id: { in: [...ids] } }, include: WITH_STYLES });
    return sessions.map(toRow);
  }

  async page(request: PageRequest): Promise<SessionRow[]> {
    const sessions = await this.prisma.session.findMany({ ...pageOf(request), include: WITH_STYLES });
    return (request.fromEnd ? sessions.reverse() : sessions).map(toRow);
  }

  async existing(ids: readonly string[]): Promise<Set<string>> {
    const found = await this.prisma.session.findMany({ where: { id: { in: [...ids] } }, select: { id: true } });
    return new Set(found.map(({ id }) => id));
  }

  async count(filter: SessionFilter = {}): Promise<number> {
    return await this.prisma.session.count({ where: matching(filter) });
  }

  async oldestQueued(): Promise<SessionRow | null> {
    const session = await this.prisma.session.findFirst({
      where: { status: 'QUEUED' },
      orderBy: [{ queuedAt: 'asc' }, { id: 'asc' }],
      include: WITH_STYLES,
    });
    return session && toRow(session);
  }

  async waiting(limit: number): Promise<SessionRow[]> {
    const sessions = await this.prisma.session.findMany({
      where: { status: 'QUEUED' },
      orderBy: [{ queuedAt: 'asc' }, { id: 'asc' }],
      take: limit,
      include: WITH_STYLES,
    });
    return sessions.map(toRow);
  }

  async transition(
    id: string,
    { from, claimToken, seq }: SessionGuard,
    to: SessionStatus,
    changes: SessionChanges = {},
  ): Promise<SessionRow | null> {
    return await this.prisma.$transaction(async (tx) => {
      // One statement decides and changes, so of several callers exactly one gets the row.
      const [session] = await tx.session.updateManyAndReturn({
        where: { id, ...matching({ statuses: from }), claimToken, seq },
        data: { ...changes, status: to },
      });
      if (!session) return null;
      await noteStatus(tx, id, to);
      // Styles never change after creation.
      const styles = await tx.sessionStyle.findMany({ where: { sessionId: id }, ...WITH_STYLES.styles });
      return toRow({ ...session, styles });
    });
  }

  async requestCancel(id: string): Promise<boolean> {
    const { count } = await this.prisma.session.updateMany({
      where: { id, status: 'RUNNING' },
      data: { cancelRequested: true },
    });
    return count === 1;
  }

  async requestPause(id: string): Promise<boolean> {
    const { count } = await this.prisma.session.updateMany({
      where: { id, status: 'RUNNING' },
      data: { pauseRequested: true },
    });
    return count === 1;
  }

  async remove(id: string, from: readonly SessionStatus[]): Promise<SessionRow | null> {
    return await this.prisma.$transaction(async (tx) => {
      const where = { id, ...matching({ statuses: from }) };
      const session = await tx.session.findFirst({ where, include: WITH_STYLES });
      if (session) await tx.session.deleteMany({ where });
      return session && toRow(session);
    });
  }

  async recordProgress(
    id: string,
    claimToken: string,
    losses: readonly LossRow[],
    at: Pick<SessionRow, 'step' | 'seq' | 'elapsedMs' | 'evaluations'>,
  ): Promise<boolean> {
    const { step, seq, elapsedMs, evaluations } = at;
    return await this.prisma.$transaction(async (tx) => {
      const { count } = await tx.session.updateMany({
        where: { id, claimToken },
        data: { step, seq, elapsedMs, evaluations },
      });
      if (count === 0) return false;
      const [first] = losses;
      if (first) {
        // A run resumed from a checkpoint repeats steps; what it records replaces what the lost run had recorded of them.
        await tx.lossRecord.deleteMany({
          where: { sessionId: id, OR: [{ seq: { gte: first.seq } }, { step: { gte: first.step } }] },
        });
        await tx.lossRecord.createMany({ data: losses.map((loss) => ({ ...loss, sessionId: id })) });
      }
      return true;
    });
  }

  async losses(id: string, afterSeq = 0, limit?: number): Promise<LossRow[]> {
    return await this.prisma.lossRecord.findMany({
      where: { sessionId: id, seq: { gt: afterSeq } },
      orderBy: { seq: 'asc' },
      take: limit,
      omit: { sessionId: true },
    });
  }

  async lastLoss(id: string): Promise<LossRow | null> {
    return await this.prisma.lossRecord.findFirst({
      where: { sessionId: id },
      orderBy: { seq: 'desc' },
      omit: { sessionId: true },
    });
  }
}

/** Adds to the session's history, unless it is in this status already. */
async function noteStatus(tx: Prisma.TransactionClient, sessionId: string, status: SessionStatus): Promise<void> {
  const last = await tx.statusChange.findFirst({ where: { sessionId }, orderBy: { position: 'desc' } });
  if (last?.status === status) return;
  const position = (last?.position ?? 0) + 1;
  await tx.statusChange.create({ data: { sessionId, position, status } });
  await tx.statusChange.deleteMany({ where: { sessionId, position: { lte: position - MAX_STATUSES } } });
}

function toRow(session: SessionWithStyles): SessionRow {
  return { ...session, status: session.status as SessionStatus };
}
