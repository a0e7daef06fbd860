import { Prisma, type PrismaClient } from './generated/client.js';
import type { HistoryRepository, LossRequest, SessionLabels } from './history-types.js';
import { searchText } from './search-text.js';
import type { LossRow, SessionStatus, StatusChangeRow } from './types.js';

type SessionLoss = LossRow & { readonly sessionId: string };

const LOSS = Prisma.sql`"sessionId", "seq", "step", "scaleIndex", "total", "content", "style", "totalVariation", "elapsedMs"`;

/** What many sessions are asked for at once, in the database. */
export class PrismaHistoryRepository implements HistoryRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async queuePositions(ids: readonly string[]): Promise<Map<string, number>> {
    if (ids.length === 0) return new Map();
    const rows = await this.prisma.$queryRaw<{ id: string; position: number | bigint }[]>`
      SELECT * FROM (
        SELECT "id", row_number() OVER (ORDER BY "queuedAt", "id") - 1 AS "position"
        FROM "Session" WHERE "status" = 'QUEUED'
      ) AS "queue" WHERE "id" IN (${Prisma.join(ids)})`;
    return new Map(rows.map(({ id, position }) => [id, Number(position)]));
  }

  async lastLosses(ids: readonly string[]): Promise<Map<string, LossRow>> {
    const rows = await this.#union(
      ids.map(
        (id) => Prisma.sql`SELECT * FROM (
          SELECT ${LOSS} FROM "LossRecord" WHERE "sessionId" = ${id} ORDER BY "seq" DESC LIMIT 1
        ) AS "last"`,
      ),
    );
    return new Map(rows.map((row) => [row.sessionId, toLoss(row)]));
  }

  async losses(requests: readonly LossRequest[]): Promise<LossRow[][]> {
    // A query of its own for each would be a wait of its own; each of these still reads no more than it returns.
    const rows = await this.#union(
      requests.map(
        ({ sessionId, afterSeq, limit }, index) => Prisma.sql`SELECT * FROM (
          SELECT ${LOSS}, ${index} AS "request" FROM "LossRecord"
          WHERE "sessionId" = ${sessionId} AND "seq" > ${afterSeq} ORDER BY "seq" LIMIT ${limit}
        ) AS "part"`,
      ),
    );
    const answers = requests.map((): LossRow[] => []);
    for (const row of rows) answers[Number(row.request)]!.push(toLoss(row));
    return answers.map((losses) => losses.sort((a, b) => a.seq - b.seq));
  }

  async curves(ids: readonly string[], maxPoints: number): Promise<Map<string, LossRow[]>> {
    if (ids.length === 0) return new Map();
    const spans = Math.floor((maxPoints - 2) / 2);
    const rows = await this.prisma.$queryRaw<SessionLoss[]>`
      WITH "whole" AS (
        SELECT "sessionId" AS "id", count(*) AS "count", min("step") AS "first", max("step") AS "last"
        FROM "LossRecord" WHERE "sessionId" IN (${Prisma.join(ids)}) GROUP BY "sessionId"
      ), "placed" AS (
        SELECT "LossRecord".*, "count", "first", "last",
          CAST(("step" - "first") * ${spans} / ("last" - "first" + 1) AS INTEGER) AS "span"
        FROM "LossRecord" JOIN "whole" ON "sessionId" = "id"
      ), "ranked" AS (
        SELECT "placed".*,
          row_number() OVER (PARTITION BY "sessionId", "span" ORDER BY "total", "seq") AS "low",
          row_number() OVER (PARTITION BY "sessionId", "span" ORDER BY "total" DESC, "seq") AS "high"
        FROM "placed"
      )
      SELECT ${LOSS} FROM "ranked"
      WHERE "count" <= ${maxPoints} OR "low" = 1 OR "high" = 1 OR "step" = "first" OR "step" = "last"
      ORDER BY "sessionId", "seq"`;
    return groupBySession(rows, toLoss);
  }

  async statusHistories(ids: readonly string[]): Promise<Map<string, StatusChangeRow[]>> {
    const changes = await this.prisma.statusChange.findMany({
      where: { sessionId: { in: [...ids] } },
      orderBy: [{ sessionId: 'asc' }, { position: 'asc' }],
      omit: { position: true },
    });
    return groupBySession(changes, (change) => ({ ...change, status: change.status as SessionStatus }));
  }

  async tagsOf(ids: readonly string[]): Promise<Map<string, string[]>> {
    const tags = await this.prisma.sessionTag.findMany({
      where: { sessionId: { in: [...ids] } },
      orderBy: { name: 'asc' },
    });
    return groupBySession(tags, ({ name }) => name);
  }

  async tags(ownerId: string | undefined, limit: number): Promise<string[]> {
    const tags = await this.prisma.sessionTag.groupBy({
      by: ['name'],
      where: { session: { ownerId } },
      orderBy: [{ _count: { sessionId: 'desc' } }, { name: 'asc' }],
      take: limit,
    });
    return tags.map(({ name }) => name);
  }

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

  async #union(parts: readonly Prisma.Sql[]): Promise<(SessionLoss & { readonly request?: number | bigint })[]> {
    return parts.length > 0 ? await this.prisma.$queryRaw(Prisma.join([...parts], ' UNION ALL ')) : [];
  }
}

/** A title beside the text that it is found by. Absent, nothing changes. */
export function titleColumns(title: string | null | undefined) {
  return title === undefined ? {} : { title, searchTitle: title && searchText(title) };
}

/** Rows by their sessions, in the order in which they come. */
export function groupBySession<R extends { readonly sessionId: string }, T>(
  rows: readonly R[],
  toValue: (row: R) => T,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.sessionId);
    if (group) group.push(toValue(row));
    else groups.set(row.sessionId, [toValue(row)]);
  }
  return groups;
}

/** Raw queries give whole numbers as the driver has them. */
function toLoss({ seq, step, scaleIndex, total, content, style, totalVariation, elapsedMs }: SessionLoss): LossRow {
  return {
    seq: Number(seq),
    step: Number(step),
    scaleIndex: Number(scaleIndex),
    total: Number(total),
    content: Number(content),
    style: Number(style),
    totalVariation: Number(totalVariation),
    elapsedMs: Number(elapsedMs),
  };
}
