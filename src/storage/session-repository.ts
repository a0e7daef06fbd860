import type { SessionStatus } from '../core/status.js';
import type { Recipe } from '../engine/index.js';
import { StorageError } from './errors.js';
import { Prisma, type PrismaClient } from './generated/client.js';
import { newId } from './ids.js';
import { groupBySession, type LossRow } from './loss-repository.js';
import { matching, pageOf, searchText, type PageRequest, type SessionFilter } from './session-query.js';
import type {
  NewSession,
  SessionChanges,
  SessionLabels,
  SessionRow,
  StatusChangeRow,
  TransitionCondition,
} from './session-rows.js';

/** Styles in the order of the input. */
const WITH_STYLES = {
  styles: { select: { imageId: true, weight: true, scale: true, maskImageId: true }, orderBy: { position: 'asc' } },
} satisfies Prisma.SessionInclude;

/** Latest statuses kept of a session: one that is paused and continued again and again would have no end of them. */
const MAX_STATUSES = 100;

const QUEUE_ORDER = [{ queuedAt: 'asc' }, { id: 'asc' }] satisfies Prisma.SessionOrderByWithRelationInput[];

type SessionWithStyles = Prisma.SessionGetPayload<{ include: typeof WITH_STYLES }>;

/** Sessions in the database, with their styles, tags and status histories. A QUEUED row is the queue's entry. */
export class SessionRepository {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly parseRecipe: (json: string) => Recipe,
  ) {}

  /** Adds a QUEUED session. Throws `StorageError` KEY_TAKEN where its idempotency key is taken. */
  async create({ id = newId('ses'), styles, tags = [], title, recipe, ...session }: NewSession): Promise<SessionRow> {
    try {
      const created = await this.prisma.session.create({
        data: {
          ...session,
          ...titleColumns(title),
          id,
          recipe: JSON.stringify(recipe),
          status: 'QUEUED',
          styles: { create: styles.map((style, position) => ({ ...style, position })) },
          tags: { create: tags.map((name) => ({ name })) },
          statusHistory: { create: { position: 1, status: 'QUEUED' } },
        },
        include: WITH_STYLES,
      });
      return this.#toRow(created);
    } catch (error) {
      // P2002: a unique index refuses the row, and a new id is never taken.
      if ((error as { code?: unknown }).code !== 'P2002') throw error;
      throw new StorageError('KEY_TAKEN', 'A session with this idempotency key exists.', { cause: error });
    }
  }

  async find(id: string): Promise<SessionRow | null> {
    return this.#toRowOrNull(await this.prisma.session.findUnique({ where: { id }, include: WITH_STYLES }));
  }

  async findByKey(idempotencyKey: string): Promise<SessionRow | null> {
    return this.#toRowOrNull(await this.prisma.session.findUnique({ where: { idempotencyKey }, include: WITH_STYLES }));
  }

  async findMany(ids: readonly string[]): Promise<SessionRow[]> {
    const sessions = await this.prisma.session.findMany({ where: { id: { in: [...ids] } }, include: WITH_STYLES });
    return sessions.map((session) => this.#toRow(session));
  }

  /** The ids among these that sessions have. */
  async existing(ids: readonly string[]): Promise<Set<string>> {
    const found = await this.prisma.session.findMany({ where: { id: { in: [...ids] } }, select: { id: true } });
    return new Set(found.map(({ id }) => id));
  }

  async page(request: PageRequest): Promise<SessionRow[]> {
    const sessions = await this.prisma.session.findMany({ ...pageOf(request), include: WITH_STYLES });
    return (request.fromEnd ? sessions.reverse() : sessions).map((session) => this.#toRow(session));
  }

  /** Counts the sessions that match; all without a filter. */
  async count(filter: SessionFilter = {}): Promise<number> {
    return await this.prisma.session.count({ where: matching(filter) });
  }

  /** The QUEUED session that is claimed next. */
  async oldestQueued(): Promise<SessionRow | null> {
    return (await this.waiting(1))[0] ?? null;
  }

  /** The first QUEUED sessions, in the order in which they are claimed. */
  async waiting(limit: number): Promise<SessionRow[]> {
    const sessions = await this.prisma.session.findMany({
      where: { status: 'QUEUED' },
      orderBy: QUEUE_ORDER,
      take: limit,
      include: WITH_STYLES,
    });
    return sessions.map((session) => this.#toRow(session));
  }

  /**
   * One conditional update: where the row fulfils the condition, sets `to` and `changes` and appends to the status history.
   * Null where it does not: another caller won.
   */
  async transition(
    id: string,
    { from, claimToken, seq }: TransitionCondition,
    to: SessionStatus,
    changes: SessionChanges = {},
  ): Promise<SessionRow | null> {
    return await this.prisma.$transaction(async (tx) => {
      // One statement decides and changes, so exactly one of several callers gets the row.
      const [session] = await tx.session.updateManyAndReturn({
        where: { id, ...matching({ statuses: from }), claimToken, seq },
        data: { ...changes, status: to },
      });
      if (!session) return null;
      await noteStatus(tx, id, to);
      // Styles never change after creation.
      const styles = await tx.sessionStyle.findMany({ where: { sessionId: id }, ...WITH_STYLES.styles });
      return this.#toRow({ ...session, styles });
    });
  }

  /** Requests the cancellation of a running session; true if it was RUNNING. */
  async requestCancel(id: string): Promise<boolean> {
    return await this.#request(id, { cancelRequested: true });
  }

  /** Requests a pause of a running session; true if it was RUNNING. */
  async requestPause(id: string): Promise<boolean> {
    return await this.#request(id, { pauseRequested: true });
  }

  async #request(id: string, data: Prisma.SessionUpdateManyMutationInput): Promise<boolean> {
    return (await this.prisma.session.updateMany({ where: { id, status: 'RUNNING' }, data })).count === 1;
  }

  /**
   * One conditional deletion, with all rows that belong to the session alone; branches lose their parent. Null where the
   * session has none of these statuses.
   */
  async remove(id: string, from: readonly SessionStatus[]): Promise<SessionRow | null> {
    return await this.prisma.$transaction(async (tx) => {
      const where = { id, ...matching({ statuses: from }) };
      const session = await tx.session.findFirst({ where, include: WITH_STYLES });
      if (!session || (await tx.session.deleteMany({ where })).count === 0) return null;
      return this.#toRow(session);
    });
  }

  /**
   * Adds losses and moves the session's position forward in one transaction. False where the claim token is void; then
   * nothing is written.
   */
  async recordProgress(
    id: string,
    claimToken: string,
    losses: readonly LossRow[],
    { step, seq, elapsedMs, evaluations }: Pick<SessionRow, 'step' | 'seq' | 'elapsedMs' | 'evaluations'>,
  ): Promise<boolean> {
    return await this.prisma.$transaction(async (tx) => {
      const data = { step, seq, elapsedMs, evaluations };
      const { count } = await tx.session.updateMany({ where: { id, claimToken }, data });
      if (count === 0) return false;
      const [first] = losses;
      if (first) {
        // A resumed run repeats the steps after its checkpoint; their losses replace those of the lost run.
        await tx.lossRecord.deleteMany({
          where: { sessionId: id, OR: [{ seq: { gte: first.seq } }, { step: { gte: first.step } }] },
        });
        await tx.lossRecord.createMany({ data: losses.map((loss) => ({ ...loss, sessionId: id })) });
      }
      return true;
    });
  }

  /** The number of QUEUED sessions before each of these that is QUEUED. */
  async queuePositions(ids: readonly string[]): Promise<Map<string, number>> {
    if (ids.length === 0) return new Map();
    const rows = await this.prisma.$queryRaw<{ id: string; position: number | bigint }[]>`
      SELECT * FROM (
        SELECT "id", row_number() OVER (ORDER BY "queuedAt", "id") - 1 AS "position"
        FROM "Session" WHERE "status" = 'QUEUED'
      ) AS "queue" WHERE "id" IN (${Prisma.join(ids)})`;
    return new Map(rows.map(({ id, position }) => [id, Number(position)]));
  }

  /** The latest statuses of each session, oldest first. */
  async statusHistories(ids: readonly string[]): Promise<Map<string, StatusChangeRow[]>> {
    const changes = await this.prisma.statusChange.findMany({
      where: { sessionId: { in: [...ids] } },
      orderBy: [{ sessionId: 'asc' }, { position: 'asc' }],
      omit: { position: true },
    });
    return groupBySession(changes, (change) => ({ ...change, status: change.status as SessionStatus }));
  }

  /** The tags of each session that has any, in alphabetical order. */
  async tagsOf(ids: readonly string[]): Promise<Map<string, string[]>> {
    const tags = await this.prisma.sessionTag.findMany({
      where: { sessionId: { in: [...ids] } },
      orderBy: { name: 'asc' },
    });
    return groupBySession(tags, ({ name }) => name);
  }

  /** The tags used by one owner, or by all, most used first, then alphabetically. */
  async tags(ownerId: string | undefined, limit: number): Promise<string[]> {
    const tags = await this.prisma.sessionTag.groupBy({
      by: ['name'],
      where: { session: { ownerId } },
      orderBy: [{ _count: { sessionId: 'desc' } }, { name: 'asc' }],
      take: limit,
    });
    return tags.map(({ name }) => name);
  }

  /** Changes labels; false where there is no such session. */
  async label(id: string, { title, tags }: SessionLabels): Promise<boolean> {
    return await this.prisma.$transaction(async (tx) => {
      const { count } = await tx.session.updateMany({ where: { id }, data: { id, ...titleColumns(title) } });
      if (count === 0) return false;
      if (tags) {
        await tx.sessionTag.deleteMany({ where: { sessionId: id } });
        await tx.sessionTag.createMany({ data: tags.map((name) => ({ sessionId: id, name })) });
      }
      return true;
    });
  }

  #toRow(session: SessionWithStyles): SessionRow {
    return { ...session, status: session.status as SessionStatus, recipe: this.parseRecipe(session.recipe) };
  }

  #toRowOrNull(session: SessionWithStyles | null): SessionRow | null {
    return session && this.#toRow(session);
  }
}

/** Appends to the session's status history, unless the status is its last entry. */
async function noteStatus(tx: Prisma.TransactionClient, sessionId: string, status: SessionStatus): Promise<void> {
  const last = await tx.statusChange.findFirst({ where: { sessionId }, orderBy: { position: 'desc' } });
  if (last?.status === status) return;
  const position = (last?.position ?? 0) + 1;
  await tx.statusChange.create({ data: { sessionId, position, status } });
  await tx.statusChange.deleteMany({ where: { sessionId, position: { lte: position - MAX_STATUSES } } });
}

/** A title and the form in which it is searched; no columns where the title is absent. */
function titleColumns(title: string | null | undefined) {
  return title === undefined ? {} : { title, searchTitle: title && searchText(title) };
}
