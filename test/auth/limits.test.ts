import { describe, expect, it } from 'vitest';
import { startTestServer } from '../support/server.js';
import { photo } from '../storage/image-files.js';
import { startGuarded } from './support.js';

describe('requests', () => {
  it('are counted by owner, over HTTP and WebSocket together', async () => {
    const { ada, bob, stranger } = await startGuarded({ maxRequests: 4 });
    const client = ada.connect();
    const ask = () => client.iterate({ query: '{ __typename }' }).next();
    await ada.ask('{ __typename }');
    await fetch(`${ada.url}/images/img_none`, { headers: ada.authorization });
    await ask();
    await ask();
    await expect(ask()).rejects.toMatchObject([
      { extensions: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) as number } },
    ]);
    const response = await fetch(`${ada.url}/images/img_none`, { headers: ada.authorization });
    expect(response.status).toBe(429);
    const wait = Number(response.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(await response.json()).toMatchObject({ error: { code: 'RATE_LIMITED', retryAfter: wait } });
    const { errors } = await ada.send('{ __typename }');
    expect(errors![0]!.extensions).toMatchObject({ code: 'RATE_LIMITED' });
    expect(errors![0]!.extensions.retryAfter).toBeGreaterThan(0);
    expect(await bob.ask('{ __typename }')).toEqual({ __typename: 'Query' });
    // Requests without a key are counted by address.
    const statuses = [];
    for (let index = 0; index < 5; index += 1) statuses.push((await fetch(`${stranger.url}/images/img_none`)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 429]);
    expect(await bob.ask('{ __typename }')).toEqual({ __typename: 'Query' });
  });
});

describe('sessions', () => {
  const CREATE = `mutation ($input: CreateSessionInput!) {
    createSession(input: $input) { session { id } errors { code field message queuePosition } }
  }`;
  interface Created {
    createSession: { session: { id: string } | null; errors: { code: string; queuePosition: number | null }[] };
  }

  it('are limited by owner, also for concurrent requests', async () => {
    const { ada, bob } = await startGuarded({ maxSessions: 2 });
    const image = await ada.upload(40, 40);
    const input = {
      contentImageId: image,
      styles: [{ imageId: image }],
      preset: 'draft',
      recipe: { size: 48, steps: 5000 },
    };
    const answers = await Promise.all(Array.from({ length: 6 }, () => ada.ask<Created>(CREATE, { input })));
    const codes = answers.map(({ createSession }) => createSession.errors[0]?.code ?? 'created');
    expect(codes.toSorted()).toEqual([...Array<string>(4).fill('TOO_MANY_SESSIONS'), 'created', 'created']);
    await bob.createSession({ steps: 5000 });
    for (const { createSession } of answers) {
      const id = createSession.session?.id;
      if (id) await ada.ask('mutation ($id: ID!) { cancelSession(id: $id) { errors { code } } }', { id });
    }
    // The running one ends within a step; the queued one has ended.
    const { createSession } = await ada.ask<Created>(CREATE, { input });
    expect(createSession.errors).toEqual([]);
  });

  it('fail with QUEUE_FULL and the length of the queue', async () => {
    const server = await startTestServer({ maxQueue: 1 });
    const image = await server.upload(40, 40);
    const input = {
      contentImageId: image,
      styles: [{ imageId: image }],
      preset: 'draft',
      recipe: { size: 48, steps: 5000 },
    };
    let errors: Created['createSession']['errors'] = [];
    while (errors.length === 0) ({ errors } = (await server.ask<Created>(CREATE, { input })).createSession);
    expect(errors).toMatchObject([{ code: 'QUEUE_FULL', queuePosition: 1 }]);
  });
});

describe('uploads', () => {
  it('are limited in number', async () => {
    const server = await startTestServer({ maxUploads: 1 });
    const bytes = new Uint8Array(await photo(40, 40).png().toBuffer());
    const post = (body: BodyInit) =>
      fetch(`${server.url}/images`, {
        method: 'POST',
        headers: { 'Content-Type': 'image/png' },
        body,
        duplex: 'half',
      } as RequestInit);
    let finish!: () => void;
    const slow = post(
      new ReadableStream({
        start(controller) {
          controller.enqueue(bytes.subarray(0, 100));
          finish = () => {
            controller.enqueue(bytes.subarray(100));
            controller.close();
          };
        },
      }),
    );
    // Until the slow upload has begun, the fast ones are accepted.
    let refused = await post(bytes);
    while (refused.status === 201) refused = await post(bytes);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ error: { code: 'TOO_MANY_UPLOADS', field: 'file' } });
    finish();
    expect((await slow).status).toBe(201);
    expect((await post(bytes)).status).toBe(201);
  });
});
