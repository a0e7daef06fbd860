import type { Client } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';
import { temporaryFolder } from '../storage/support.js';

interface Session {
  readonly id: string;
  readonly status: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly resultImage: { readonly id: string } | null;
  readonly parent: { readonly id: string } | null;
  readonly statusHistory: readonly { readonly status: string; readonly at: string }[];
  readonly lossCurve: readonly { readonly seq: number; readonly step: number; readonly total: number }[];
}

interface Payload {
  readonly session?: Session | null;
  readonly deletedId?: string | null;
  readonly errors: readonly { readonly code: string; readonly field: string | null }[];
}

const FIELDS =
  'id status step totalSteps resultImage { id } parent { id } statusHistory { status at } lossCurve { seq step total }';

/** Sends a mutation of a session. */
async function act(server: TestServer, mutation: string, id: string, args = ''): Promise<Payload> {
  const selected = mutation === 'deleteSession' ? 'deletedId' : `session { ${FIELDS} }`;
  const query = `mutation ($id: ID!) { payload: ${mutation}(id: $id${args && `, ${args}`}) { ${selected} errors { code field } } }`;
  return (await server.ask<{ payload: Payload }>(query, { id })).payload;
}

async function find(server: TestServer, id: string): Promise<Session | null> {
  const query = `query ($id: ID!) { session(id: $id) { ${FIELDS} } }`;
  return (await server.ask<{ session: Session | null }>(query, { id })).session;
}

interface Event {
  readonly seq: number;
  readonly gap: boolean;
  readonly session: { readonly status: string };
}

async function* watch(client: Client, id: string, args = ''): AsyncGenerator<Event> {
  const query = `subscription { sessionProgress(id: "${id}"${args}) { seq gap session { status } } }`;
  for await (const { data, errors } of client.iterate<{ sessionProgress: Event }>({ query })) {
    if (errors || !data) throw new Error(JSON.stringify(errors));
    yield data.sessionProgress;
  }
}

/** The first event that fulfils the condition; the stream stays open. */
async function until(events: AsyncGenerator<Event>, wanted: (event: Event) => boolean): Promise<Event> {
  for (;;) {
    const { done, value } = await events.next();
    if (done) throw new Error('the stream is over');
    if (wanted(value)) return value;
  }
}

async function rest(events: AsyncGenerator<Event>): Promise<Event[]> {
  const all: Event[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const is = (status: string) => (event: Event) => event.session.status === status;

describe('pauseSession and resumeSession', () => {
  it('pause a run over a restart of the server without changing its result; subscriptions stay open', async () => {
    const dataDir = await temporaryFolder();
    const server = await startTestServer({ dataDir });
    const whole = await server.createSession({ steps: 150 });
    await rest(watch(server.connect(), whole));
    const id = await server.createSession({ steps: 150 });
    const events = watch(server.connect(), id);
    await until(events, ({ seq }) => seq >= 5);
    expect((await act(server, 'pauseSession', id)).errors).toEqual([]);
    const paused = await until(events, is('PAUSED'));
    await act(server, 'resumeSession', id);
    await until(events, ({ seq, session }) => session.status === 'RUNNING' && seq > paused.seq);
    await act(server, 'pauseSession', id);
    const { seq } = await until(events, is('PAUSED'));
    expect(await act(server, 'pauseSession', id)).toMatchObject({
      session: { status: 'PAUSED', step: seq },
      errors: [],
    });
    await server.close();

    const restarted = await startTestServer({ dataDir });
    expect(await find(restarted, id)).toMatchObject({ status: 'PAUSED', step: seq });
    const further = watch(restarted.connect(), id, `, afterSeq: ${seq}`);
    await until(further, is('PAUSED'));
    expect(await act(restarted, 'resumeSession', id)).toMatchObject({ session: { status: 'QUEUED' }, errors: [] });
    const all = await rest(further);
    expect(all.every(({ gap }) => !gap)).toBe(true);
    expect(all.at(-1)).toMatchObject({ seq: 150, session: { status: 'COMPLETED' } });
    const [one, other] = [(await find(restarted, id))!, (await find(restarted, whole))!];
    expect(one.resultImage).toEqual(other.resultImage);
    expect(one.lossCurve).toEqual(other.lossCurve);
    expect(one.statusHistory.map(({ status }) => status)).toEqual([
      'QUEUED',
      ...['RUNNING', 'PAUSED', 'QUEUED'],
      ...['RUNNING', 'PAUSED', 'QUEUED'],
      ...['RUNNING', 'COMPLETED'],
    ]);
    expect(await act(restarted, 'pauseSession', id)).toEqual({
      session: null,
      errors: [{ code: 'NOT_PAUSABLE', field: 'id' }],
    });
    expect((await act(restarted, 'resumeSession', id)).errors).toEqual([{ code: 'NOT_RESUMABLE', field: 'id' }]);
  });
});

describe('continueSession', () => {
  it('continues steps, seq and loss curve of a completed session; a new subscription receives them', async () => {
    const server = await startTestServer();
    const id = await server.createSession({ steps: 5 });
    await rest(watch(server.connect(), id));
    const before = (await find(server, id))!;
    expect(await act(server, 'continueSession', id, 'steps: 0')).toMatchObject({
      errors: [{ code: 'INVALID_ARGUMENT', field: 'steps' }],
    });
    const { session } = await act(server, 'continueSession', id, 'steps: 4');
    expect(session).toMatchObject({ status: 'QUEUED', totalSteps: 9, resultImage: before.resultImage });
    const events = await rest(watch(server.connect(), id, ', afterSeq: 5'));
    expect(events.at(-1)).toMatchObject({ seq: 9, gap: false, session: { status: 'COMPLETED' } });
    const after = (await find(server, id))!;
    expect(after.lossCurve.map(({ seq, step }) => [seq, step])).toEqual(
      Array.from({ length: 9 }, (_, index) => [index + 1, index + 1]),
    );
    expect(after.lossCurve.slice(0, 5)).toEqual(before.lossCurve);
    expect(after.resultImage!.id).not.toBe(before.resultImage!.id);
  });
});

describe('branchSession and deleteSession', () => {
  it('create sessions that remain when their parent is deleted', async () => {
    const server = await startTestServer();
    const id = await server.createSession({ steps: 4 });
    await rest(watch(server.connect(), id));
    const { resultImage } = (await find(server, id))!;
    const branches = [];
    for (const from of ['RECIPE', 'RESULT', 'CHECKPOINT']) {
      const input = `input: { from: ${from}, recipe: { steps: 3 }, idempotencyKey: "${from}" }`;
      const made = await act(server, 'branchSession', id, input);
      expect(made).toMatchObject({ session: { parent: { id }, totalSteps: 3 }, errors: [] });
      expect((await act(server, 'branchSession', id, input)).session!.id).toBe(made.session!.id);
      branches.push(made.session!.id);
    }
    for (const branch of branches)
      expect((await rest(watch(server.connect(), branch))).at(-1)).toSatisfy(is('COMPLETED'));

    expect(await act(server, 'deleteSession', id)).toEqual({ deletedId: id, errors: [] });
    expect(await find(server, id)).toBeNull();
    for (const branch of branches) expect(await find(server, branch)).toMatchObject({ parent: null });
    // The branch from RESULT uses the image; after its deletion, no session does.
    expect((await fetch(`${server.url}/images/${resultImage!.id}`)).status).toBe(200);
    for (const branch of branches) await act(server, 'deleteSession', branch);
    expect(await act(server, 'deleteSession', id)).toEqual({
      deletedId: null,
      errors: [{ code: 'SESSION_NOT_FOUND', field: 'id' }],
    });
  });

  it('end a deleted run and its subscriptions with a last event', async () => {
    const server = await startTestServer();
    const id = await server.createSession({ steps: 10_000 });
    const events = watch(server.connect(), id);
    await until(events, ({ seq }) => seq > 0);
    const deletion = act(server, 'deleteSession', id);
    expect((await rest(events)).at(-1)).toSatisfy(is('CANCELLED'));
    expect(await deletion).toEqual({ deletedId: id, errors: [] });
    expect(await find(server, id)).toBeNull();
  });

  it('deletes the bytes of the result', async () => {
    const server = await startTestServer();
    const id = await server.createSession({ steps: 2 });
    await rest(watch(server.connect(), id));
    const { resultImage } = (await find(server, id))!;
    await act(server, 'deleteSession', id);
    expect((await fetch(`${server.url}/images/${resultImage!.id}`)).status).toBe(404);
  });
});

describe('an idempotency key', () => {
  it('creates one session for concurrent requests', async () => {
    const server = await startTestServer();
    const [content, style] = [await server.upload(64, 48), await server.upload(40, 56)];
    const create = async (steps: number) => {
      const input = {
        contentImageId: content,
        styles: [{ imageId: style }],
        preset: 'draft',
        recipe: { size: 48, steps },
        idempotencyKey: 'first try',
      };
      const query =
        'mutation ($input: CreateSessionInput!) { createSession(input: $input) { session { id } errors { code field } } }';
      return (await server.ask<{ createSession: Payload }>(query, { input })).createSession;
    };
    const made = await Promise.all(Array.from({ length: 5 }, () => create(2)));
    expect(new Set(made.map(({ session }) => session!.id)).size).toBe(1);
    expect(await create(3)).toEqual({
      session: null,
      errors: [{ code: 'IDEMPOTENCY_CONFLICT', field: 'idempotencyKey' }],
    });
    expect(await server.ask('{ sessions { totalCount } }')).toEqual({ sessions: { totalCount: 1 } });
  });
});
