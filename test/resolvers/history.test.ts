import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { MAX_FRAMES } from '../../src/images/timelapse-service.js';
import { get } from '../http/support.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Node {
  readonly id: string;
  readonly title: string | null;
  readonly tags: readonly string[];
}
interface List {
  readonly sessions: { readonly edges: { readonly node: Node }[]; readonly totalCount: number };
}
interface Mistakes {
  readonly errors: readonly { readonly code: string; readonly field: string | null }[];
}

const CREATE = `mutation ($input: CreateSessionInput!) {
  createSession(input: $input) { session { id title tags } errors { code field } }
}`;
const UPDATE = `mutation ($id: ID!, $input: UpdateSessionInput!) {
  updateSession(id: $id, input: $input) { session { id title tags } errors { code field } }
}`;
const FIND = `query ($preset: String, $tag: String, $text: String, $from: DateTimeISO, $to: DateTimeISO, $statuses: [SessionStatus!]) {
  sessions(preset: $preset, tag: $tag, text: $text, createdAfter: $from, createdBefore: $to, statuses: $statuses, orderBy: OLDEST) {
    edges { node { id title tags } } totalCount
  }
}`;

/** Creates sessions that stay queued or running. */
async function creator(server: TestServer) {
  const [content, style] = [await server.upload(64, 48), await server.upload(40, 56)];
  return async (changes: object) => {
    const input = { contentImageId: content, styles: [{ imageId: style }], preset: 'draft', ...changes };
    const recipe = { size: 48, steps: 5000 };
    const { createSession } = await server.ask<{ createSession: { session: Node | null } & Mistakes }>(CREATE, {
      input: { recipe, ...input },
    });
    return createSession;
  };
}

async function find(server: TestServer, filter: object): Promise<(string | null)[]> {
  const { sessions } = await server.ask<List>(FIND, filter);
  expect(sessions.totalCount).toBe(sessions.edges.length);
  return sessions.edges.map(({ node }) => node.title);
}

/** Waits until a session has ended. */
async function ended(server: TestServer, id: string): Promise<void> {
  const query = 'subscription ($id: ID!) { sessionProgress(id: $id) { seq } }';
  const events = server.connect().iterate({ query, variables: { id } });
  for await (const event of events) expect(event.errors).toBeUndefined();
}

describe('past sessions', () => {
  it('can be filtered by preset, tag, part of the title, time and status', async () => {
    const server = await startTestServer();
    const create = await creator(server);
    await create({ title: 'Harbour at 100% noon', tags: ['Sea', 'Boats '] });
    await create({ title: 'HARBOUR_night', tags: ['sea'], preset: 'bold' });
    await create({ title: 'Über den Dächern', tags: [] });
    await create({});
    expect(await find(server, {})).toEqual(['Harbour at 100% noon', 'HARBOUR_night', 'Über den Dächern', null]);
    expect(await find(server, { text: 'harbour' })).toEqual(['Harbour at 100% noon', 'HARBOUR_night']);
    expect(await find(server, { text: 'ÜBER' })).toEqual(['Über den Dächern']);
    expect(await find(server, { text: '%' })).toEqual(['Harbour at 100% noon']);
    expect(await find(server, { text: '_' })).toEqual(['HARBOUR_night']);
    expect(await find(server, { text: '\\' })).toEqual([]);
    expect(await find(server, { tag: ' SEA' })).toEqual(['Harbour at 100% noon', 'HARBOUR_night']);
    expect(await find(server, { tag: 'sea', preset: 'bold' })).toEqual(['HARBOUR_night']);
    expect(await find(server, { tag: 'se' })).toEqual([]);
    expect(await find(server, { statuses: ['COMPLETED'] })).toEqual([]);
    const noon = new Date(Date.now() + 60_000).toISOString();
    expect(await find(server, { from: noon })).toEqual([]);
    expect(await find(server, { to: noon })).toHaveLength(4);
    expect(await server.ask('{ tags }')).toEqual({ tags: ['sea', 'boats'] });
  });

  it('can be read backwards; invalid arguments have a code', async () => {
    const server = await startTestServer();
    const create = await creator(server);
    const titles = ['one', 'two', 'three'];
    for (const title of titles) await create({ title });
    const PAGE = `query ($first: Int, $last: Int, $after: String, $before: String, $orderBy: SessionOrder! = NEWEST) {
      sessions(first: $first, last: $last, after: $after, before: $before, orderBy: $orderBy) {
        edges { node { title } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`;
    interface Page {
      sessions: { pageInfo: { startCursor: string; endCursor: string } };
    }
    const end = await server.ask<Page>(PAGE, { last: 2 });
    expect(end).toMatchObject({
      sessions: {
        edges: [{ node: { title: 'two' } }, { node: { title: 'one' } }],
        pageInfo: { hasNextPage: false, hasPreviousPage: true },
      },
    });
    const { startCursor } = end.sessions.pageInfo;
    expect(await server.ask(PAGE, { last: 2, before: startCursor })).toMatchObject({
      sessions: { edges: [{ node: { title: 'three' } }], pageInfo: { hasNextPage: true, hasPreviousPage: false } },
    });
    const refusal = async (variables: object) => (await server.send(PAGE, variables)).errors![0]!.extensions;
    expect(await refusal({ first: 1, last: 1 })).toEqual({ code: 'INVALID_ARGUMENT', field: 'last' });
    expect(await refusal({ last: 101 })).toEqual({ code: 'INVALID_ARGUMENT', field: 'last' });
    expect(await refusal({ first: 1, after: startCursor, orderBy: 'OLDEST' })).toEqual({
      code: 'INVALID_CURSOR',
      field: 'after',
    });
  });

  it('can be renamed and tagged; subscribers receive the change', async () => {
    const server = await startTestServer();
    const create = await creator(server);
    const { session } = await create({ title: 'Old', tags: ['b', 'A', ' a '] });
    expect(session!.tags).toEqual(['a', 'b']);
    const { id } = session!;
    const update = async (input: object, of = id) =>
      (await server.ask<{ updateSession: { session: Node | null } & Mistakes }>(UPDATE, { id: of, input }))
        .updateSession;
    expect(await update({ title: ' New ' })).toMatchObject({ session: { title: 'New', tags: ['a', 'b'] }, errors: [] });
    expect(await update({ tags: ['Old  Town'] })).toMatchObject({ session: { title: 'New', tags: ['old town'] } });
    expect(await find(server, { text: 'new', tag: 'old town' })).toEqual(['New']);
    const watched = server.connect().iterate<{ sessionProgress: { session: Node } }>({
      query: 'subscription ($id: ID!) { sessionProgress(id: $id) { session { title tags } } }',
      variables: { id },
    });
    expect((await watched.next()).value.data.sessionProgress.session).toEqual({ title: 'New', tags: ['old town'] });
    expect(await update({ title: null, tags: [] })).toMatchObject({ session: { title: null, tags: [] } });
    for await (const { data } of watched) if (data!.sessionProgress.session.title === null) break;

    expect(await update({ title: 'x' }, 'ses_none')).toEqual({
      session: null,
      errors: [{ code: 'SESSION_NOT_FOUND', field: 'id' }],
    });
    expect(await update({ title: 'x'.repeat(201), tags: ['fine', 'x'.repeat(33), '\u0007'] })).toEqual({
      session: null,
      errors: [
        { code: 'INVALID_TITLE', field: 'title' },
        { code: 'INVALID_TAGS', field: 'tags.1' },
        { code: 'INVALID_TAGS', field: 'tags.2' },
      ],
    });
    const many = Array.from({ length: 17 }, (_, index) => `tag ${index}`);
    expect(await create({ tags: many })).toEqual({ session: null, errors: [{ code: 'INVALID_TAGS', field: 'tags' }] });
    expect(await find(server, { text: 'new' })).toEqual([]);
  });

  it('are nodes, like images', async () => {
    const server = await startTestServer();
    const create = await creator(server);
    const { session } = await create({ title: 'A node' });
    const imageId = await server.upload(40, 30);
    const NODE = `query ($id: ID!) {
      node(id: $id) { __typename id ... on Session { title } ... on Image { width } }
    }`;
    const node = (id: string) => server.ask(NODE, { id });
    expect(await node(session!.id)).toEqual({ node: { __typename: 'Session', id: session!.id, title: 'A node' } });
    expect(await node(imageId)).toEqual({ node: { __typename: 'Image', id: imageId, width: 40 } });
    for (const id of ['ses_none', 'img_none', 'constructor_x', '']) expect(await node(id)).toEqual({ node: null });
  });
});

describe('a finished session', () => {
  it('has a reduced loss curve, timings, and a timelapse as frames and as an animation', async () => {
    const server = await startTestServer();
    const id = await server.createSession({ steps: 100, size: 48 });
    await ended(server, id);
    const { session } = await server.ask<{
      session: {
        status: string;
        lossCurve: { step: number }[];
        part: object[];
        timings: { waitingMs: number; workingMs: number; totalMs: number };
        elapsedMs: number;
        timelapse: {
          frames: { step: number; seq: number; width: number; height: number; url: string; small: string }[];
          animationUrl: string;
        };
      };
    }>(
      `query ($id: ID!) {
        session(id: $id) {
          status elapsedMs timings { waitingMs workingMs totalMs }
          lossCurve(maxPoints: 20) { step } part: lossCurve(afterSeq: 98) { step }
          timelapse { frames { step seq width height url small: url(size: 100) } animationUrl }
        }
      }`,
      { id },
    );
    expect(session.status).toBe('COMPLETED');
    expect(session.lossCurve.length).toBeLessThanOrEqual(20);
    expect([session.lossCurve[0]!.step, session.lossCurve.at(-1)!.step]).toEqual([1, 100]);
    expect(session.part).toHaveLength(2);
    expect(session.timings.workingMs).toBe(session.elapsedMs);
    expect(session.timings.totalMs).toBeGreaterThanOrEqual(session.timings.waitingMs);

    const { frames, animationUrl } = session.timelapse;
    const steps = frames.map(({ step }) => step);
    expect(frames.length).toBeGreaterThan(2);
    expect(frames.length).toBeLessThanOrEqual(MAX_FRAMES);
    expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
    expect(steps.at(-1)).toBe(100);
    expect(frames.at(-1)).toMatchObject({ width: 48, height: 36, small: `${frames.at(-1)!.url}?size=128` });

    const fetched = await fetch(server.url + frames[0]!.url);
    expect(fetched.headers.get('cache-control')).toContain('immutable');
    const bytes = Buffer.from(await fetched.arrayBuffer());
    const { format, width } = await sharp(bytes).metadata();
    expect([format, width]).toEqual(['webp', frames[0]!.width]);

    const animation = await fetch(server.url + animationUrl);
    expect([animation.status, animation.headers.get('content-type')]).toEqual([200, 'image/webp']);
    expect(animation.headers.get('cache-control')).toBe('private, no-cache');
    const moving = await sharp(Buffer.from(await animation.arrayBuffer()), { pages: -1 }).metadata();
    expect(moving).toMatchObject({ pages: frames.length, width: 48, pageHeight: 36, loop: 0 });
    expect(moving.delay!.at(-1)).toBeGreaterThan(moving.delay![0]!);
    const again = await get(server.url + animationUrl, { 'If-None-Match': animation.headers.get('etag')! });
    expect(again.status).toBe(304);

    expect((await fetch(`${server.url}/sessions/${id}/timelapse/9999`)).status).toBe(404);
    expect((await fetch(`${server.url}/sessions/ses_none/timelapse.webp`)).status).toBe(404);
    expect((await fetch(`${server.url}/sessions/${id}/timelapse/x`)).status).toBe(400);
    const CURVE =
      'query ($id: ID!, $after: Int! = 0, $max: Int) { session(id: $id) { lossCurve(afterSeq: $after, maxPoints: $max) { step } } }';
    const refusal = async (variables: object) =>
      (await server.send(CURVE, { id, ...variables })).errors![0]!.extensions;
    expect(await refusal({ max: 3 })).toEqual({ code: 'INVALID_ARGUMENT', field: 'maxPoints' });
    expect(await refusal({ max: 20, after: 3 })).toEqual({ code: 'INVALID_ARGUMENT', field: 'afterSeq' });
  });
});
