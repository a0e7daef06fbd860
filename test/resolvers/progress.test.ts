import type { Client } from 'graphql-ws';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { sharedEngineProcess } from '../support/sessions.js';
import { startTestServer } from '../support/server.js';

interface Preview {
  readonly url: string;
  readonly dataUri: string;
  readonly width: number;
  readonly height: number;
  readonly seq: number;
}

interface Progress {
  readonly seq: number;
  readonly session: { readonly status: string };
  readonly step: number;
  readonly totalSteps: number;
  readonly scale: { readonly index: number; readonly count: number; readonly width: number } | null;
  readonly losses: { readonly total: number; readonly layers: readonly unknown[] } | null;
  readonly preview?: Preview | null;
  readonly etaMs: number | null;
  readonly gap: boolean;
}

const FIELDS =
  'seq session { id status } step totalSteps scale { index count width height } losses { total content style totalVariation layers { term layer loss } } stepsPerSecond elapsedMs etaMs gap';

/** The events of one subscription until its end. */
async function* watch(client: Client, id: string, args = '', fields = FIELDS): AsyncGenerator<Progress> {
  const query = `subscription { sessionProgress(id: "${id}"${args && `, ${args}`}) { ${fields} } }`;
  for await (const { data, errors } of client.iterate<{ sessionProgress: Progress }>({ query })) {
    if (errors || !data) throw new Error(JSON.stringify(errors));
    yield data.sessionProgress;
  }
}

async function next(events: AsyncGenerator<Progress>): Promise<Progress> {
  const { done, value } = await events.next();
  if (done) throw new Error('the stream is over');
  return value;
}

async function rest(events: AsyncGenerator<Progress>): Promise<Progress[]> {
  const all: Progress[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** The events up to the first one that fulfils the condition. */
async function until(events: AsyncGenerator<Progress>, wanted: (event: Progress) => boolean): Promise<Progress[]> {
  const all: Progress[] = [];
  do all.push(await next(events));
  while (!wanted(all.at(-1)!));
  return all;
}

const isOver = ({ session }: Progress) => session.status === 'COMPLETED';
const rises = (events: readonly Progress[]) =>
  events.every(({ seq }, index) => index === 0 || seq >= events[index - 1]!.seq);

const engine = sharedEngineProcess();

describe('sessionProgress', () => {
  it('serves a client that subscribes late and one that stalls', async () => {
    // Hundreds of events with an image each fill the connection of the stalled client.
    const heavy = Array.from({ length: 300 }, (_, index) => `p${index}: preview { dataUri }`).join(' ');
    const server = await startTestServer({ maxComplexity: 10_000, maxAliases: 300 }, { engine });
    const id = await server.createSession({ steps: 300, size: 96 });
    const sockets: WebSocket[] = [];
    class Stallable extends WebSocket {
      constructor(...args: ConstructorParameters<typeof WebSocket>) {
        super(...args);
        sockets.push(this);
      }
    }
    const stalled = watch(server.connect(Stallable as typeof WebSocket), id, '', `seq session { status } ${heavy}`);
    await next(stalled);
    sockets[0]!.pause();

    const early = watch(server.connect(), id);
    const before = await until(early, ({ seq }) => seq >= 30);
    const late = watch(server.connect(), id);
    const first = await next(late);
    expect(first.seq).toBeGreaterThanOrEqual(30);
    expect(first.session.status).toBe('RUNNING');

    const [earlyEvents, lateEvents] = await Promise.all([rest(early), rest(late)]);
    for (const events of [
      [...before, ...earlyEvents],
      [first, ...lateEvents],
    ]) {
      expect(rises(events)).toBe(true);
      expect(events.filter(isOver)).toHaveLength(1);
      expect(events.at(-1)).toMatchObject({
        seq: 300,
        step: 300,
        totalSteps: 300,
        session: { id, status: 'COMPLETED' },
      });
      expect(events.at(-1)!.losses!.layers.length).toBeGreaterThan(0);
    }

    sockets[0]!.resume();
    const stalledEvents = await rest(stalled);
    expect(rises(stalledEvents)).toBe(true);
    expect(stalledEvents.filter(isOver)).toHaveLength(1);
    expect(isOver(stalledEvents.at(-1)!)).toBe(true);
    expect(stalledEvents.length).toBeLessThan(100);
  });

  it('replays the missed step records after a lost connection', async () => {
    const server = await startTestServer({}, { engine });
    const id = await server.createSession({ steps: 400 });
    const client = server.connect();
    const seen = await until(watch(client, id), ({ seq }) => seq >= 10);
    await client.dispose();
    const last = seen.at(-1)!.seq;

    const other = server.connect();
    await until(watch(other, id), ({ seq }) => seq >= last + 20);
    const resumed = watch(other, id, `afterSeq: ${last}`);
    for (let seq = last + 1; seq <= last + 20; seq += 1) {
      expect(await next(resumed)).toMatchObject({ seq, gap: false });
    }
    expect((await rest(resumed)).at(-1)).toMatchObject({ seq: 400, session: { status: 'COMPLETED' } });
  });

  it('sends previews of the requested size, and the result at the end', async () => {
    const server = await startTestServer();
    const id = await server.createSession({ steps: 100 });
    const fields = 'seq session { status } preview { url dataUri width height seq }';
    const events = watch(server.connect(), id, 'previewMaxSize: 32', fields);
    const { preview } = (await until(events, (event) => event.preview != null)).at(-1)!;
    expect(preview).toMatchObject({ width: 32, height: 24, url: `/sessions/${id}/previews/${preview!.seq}?size=128` });
    const metadata = await sharp(Buffer.from(preview!.dataUri.split(',')[1]!, 'base64')).metadata();
    expect(metadata).toMatchObject({ format: 'jpeg', width: 32, height: 24 });
    const served = await fetch(server.url + preview!.url);
    expect(served.headers.get('content-type')).toBe('image/jpeg');

    const last = (await rest(events)).at(-1)!;
    const { session } = await server.ask<{ session: { resultImage: { id: string } } }>(
      'query ($id: ID!) { session(id: $id) { resultImage { id } } }',
      { id },
    );
    expect(last.preview).toMatchObject({ url: `/images/${session.resultImage.id}?size=128`, seq: 100 });
    expect((await fetch(server.url + last.preview!.url)).status).toBe(200);
  });

  it('sends one event for a completed session', async () => {
    const server = await startTestServer();
    const id = await server.createSession({ steps: 5 });
    const client = server.connect();
    await rest(watch(client, id));
    const events = await rest(watch(client, id, '', `${FIELDS} preview { url }`));
    expect(events).toMatchObject([{ seq: 5, gap: false, session: { status: 'COMPLETED' } }]);
    const { session } = await server.ask<{ session: object }>(
      'query ($id: ID!) { session(id: $id) { step losses { total } lossCurve(afterSeq: 2, first: 2) { seq step total } resultImage { width height } network { name sha256 isFallback } backend error { code } startedAt finishedAt } }',
      { id },
    );
    expect(session).toMatchObject({
      step: 5,
      losses: { total: events[0]!.losses!.total },
      lossCurve: [{ seq: 3, step: 3 }, { seq: 4 }],
      resultImage: { width: 48, height: 36 },
      network: { name: 'vgg19-quarter', isFallback: false },
      backend: 'onnx-cpu',
      error: null,
    });
  });

  it('sends a cancellation as its last event', async () => {
    const server = await startTestServer();
    const id = await server.createSession({ steps: 10_000 });
    const events = watch(server.connect(), id);
    await until(events, ({ seq }) => seq > 0);
    await server.ask('mutation ($id: ID!) { cancelSession(id: $id) { errors { code } } }', { id });
    expect((await rest(events)).at(-1)!.session.status).toBe('CANCELLED');
  });

  it('refuses invalid arguments with a code', async () => {
    const server = await startTestServer();
    const client = server.connect();
    const id = await server.createSession({ steps: 10_000 });
    await expect(next(watch(client, 'ses_none'))).rejects.toThrow('SESSION_NOT_FOUND');
    await expect(next(watch(client, id, 'afterSeq: -1'))).rejects.toThrow('INVALID_ARGUMENT');
    await expect(next(watch(client, id, 'minIntervalMs: 60001'))).rejects.toThrow('INVALID_ARGUMENT');
  });
});
