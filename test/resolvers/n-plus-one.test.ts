import { GraphQLObjectType } from 'graphql';
import { expect, it, onTestFinished, vi } from 'vitest';
import { getSchema } from '../../src/resolvers/schema.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import { SqliteAdapter } from '../../src/storage/sqlite.js';
import { selectAll } from '../support/select-all.js';
import { startTestServer } from '../support/server.js';
import { openSessionsFixture, type SessionsFixture } from '../support/sessions.js';

/** Counts the statements that the database executes from now on. */
function countStatements(): () => string[] {
  const statements: string[] = [];
  const createClient = Reflect.get(SqliteAdapter.prototype, 'createClient');
  const spy = vi.spyOn(SqliteAdapter.prototype, 'createClient').mockImplementation(function (
    this: SqliteAdapter,
    ...args
  ) {
    const client = createClient.apply(this, args);
    return {
      ...client,
      execute: (statement: { sql: string; args: [] }) => {
        statements.push(statement.sql);
        return client.execute(statement);
      },
    } as unknown as typeof client;
  });
  onTestFinished(() => spy.mockRestore());
  return () => statements.splice(0);
}

/** Adds a session with every optional field; sessions are alternately queued and completed. */
async function addFullSession({ easel, storage, request }: SessionsFixture, index: number): Promise<void> {
  const session = await easel.sessions.create(LOCAL_VIEWER, {
    ...request(5),
    initialImageId: request(5).contentImageId,
    title: `Session ${index}`,
    tags: ['common', `tag ${index}`],
  });
  if (index % 2 === 0) return;
  const { id } = session;
  await storage.sessions.transition(id, { from: ['QUEUED'] }, 'RUNNING', { claimToken: id, startedAt: new Date() });
  const loss = { scaleIndex: 0, total: index, content: 0, style: 1, totalVariation: 0, elapsedMs: 5 };
  const at = { step: 2, seq: 2, elapsedMs: 9, evaluations: 2 };
  await storage.sessions.recordProgress(
    id,
    id,
    [1, 2].map((step) => ({ seq: step, step, ...loss })),
    at,
  );
  for (const seq of [1, 2]) {
    const frame = { sessionId: id, seq, step: seq, sha256: 'c'.repeat(64), width: 8, height: 6, byteSize: 9 };
    await storage.timelapses.record(frame, id, [1, 2]);
  }
  await storage.sessions.transition(id, { from: ['RUNNING'] }, 'COMPLETED', { resultImageId: session.contentImageId });
}

it('a page of 20 sessions with all fields takes as many statements as a page of 2', async () => {
  const taken = countStatements();
  const studio = await openSessionsFixture({ maxQueue: 100 });
  for (let index = 0; index < 20; index += 1) await addFullSession(studio, index);
  const server = await startTestServer({ maxDepth: 20, maxComplexity: 1e9, maxAliases: 100 }, { sessions: studio });
  const connection = (getSchema().getType('Query') as GraphQLObjectType).getFields().sessions!;
  const query = `query ($first: Int!) { sessions(first: $first) ${selectAll(connection.type, 2)} }`;
  const page = async (first: number) => {
    taken();
    const { sessions } = await server.ask<{ sessions: { edges: { node: object }[] } }>(query, { first });
    return { nodes: sessions.edges.map(({ node }) => node), statements: taken() };
  };
  const [two, twenty] = [await page(2), await page(20)];
  expect([two.nodes.length, twenty.nodes.length]).toEqual([2, 20]);
  // The operation selects all fields.
  expect(twenty.nodes).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ status: 'QUEUED', queuePosition: 9, tags: ['common', 'tag 18'], timelapse: null }),
      expect.objectContaining({
        status: 'COMPLETED',
        lossCurve: [expect.objectContaining({ step: 1 }), expect.objectContaining({ step: 2 })],
        losses: expect.objectContaining({ total: 19 }),
        timelapse: expect.objectContaining({ frames: [expect.anything(), expect.anything()] }),
        resultImage: expect.objectContaining({ width: 64 }),
        initialImage: expect.objectContaining({ width: 64 }),
        styles: [expect.objectContaining({ image: expect.objectContaining({ width: 40 }) })],
      }),
    ]),
  );
  expect(twenty.statements).toHaveLength(two.statements.length);
  expect(twenty.statements.length).toBeLessThan(15);
});
