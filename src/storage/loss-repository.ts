import { Prisma, type PrismaClient } from './generated/client.js';

/** The losses of one step. */
export interface LossRow {
  readonly seq: number;
  readonly step: number;
  readonly scaleIndex: number;
  readonly total: number;
  readonly content: number;
  readonly style: number;
  readonly totalVariation: number;
  readonly elapsedMs: number;
}

/** A part of a loss curve: at most `limit` points after `afterSeq`. */
export interface LossRequest {
  readonly sessionId: string;
  readonly afterSeq: number;
  readonly limit: number;
}

type SessionLoss = LossRow & { readonly sessionId: string };

const LOSS = Prisma.sql`"sessionId", "seq", "step", "scaleIndex", "total", "content", "style", "totalVariation", "elapsedMs"`;

/** Loss curves in the database. Every method is one query, however many sessions it is asked about. */
export class LossRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /** The latest losses of each session that has any. */
  async last(ids: readonly string[]): Promise<Map<string, LossRow>> {
    const rows = await this.#union(
      ids.map(
        (id) => Prisma.sql`SELECT * FROM (
          SELECT ${LOSS} FROM "LossRecord" WHERE "sessionId" = ${id} ORDER BY "seq" DESC LIMIT 1
        ) AS "last"`,
      ),
    );
    return new Map(rows.map((row) => [row.sessionId, toLoss(row)]));
  }

  /** A part of a loss curve for each request, in order of seq. At most 500 requests. */
  async parts(requests: readonly LossRequest[]): Promise<LossRow[][]> {
    // One query for all is one round trip; each part still reads no more rows than it returns.
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

  /**
   * The whole loss curve of each session in at most `maxPoints` points (4 or more), in order of seq. A longer curve is cut
   * into equal spans of steps; each span keeps its lowest and highest total, and the first and last point are kept. No peak is
   * lost, on linear and logarithmic axes alike.
   */
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

  async #union(parts: readonly Prisma.Sql[]): Promise<(SessionLoss & { readonly request?: number | bigint })[]> {
    return parts.length > 0 ? await this.prisma.$queryRaw(Prisma.join([...parts], ' UNION ALL ')) : [];
  }
}

/** Groups rows by session, in the order in which they come. */
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

/** Raw queries return integers as the driver's type. */
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
