import type { Client } from 'graphql-ws';
import { expect, it } from 'vitest';
import { startGuarded } from '../auth/support.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Change {
  readonly change: string;
  readonly id: string;
  readonly session: { readonly status: string; readonly step: number } | null;
  readonly gap: boolean;
}

/** Opens a subscription; resolves when it is open. */
async function open(server: TestServer, args = '') {
  const client = server.connect();
  const connected = new Promise<void>((resolve) => client.on('connected', () => resolve()));
  const events = watch(client, args);
  const first = events.next();
  await connected;
  // The stream has no initial event. The response to a later query on the same socket shows that it is open.
  await client.iterate({ query: '{ __typename }' }).next();
  return { events, first };
}

async function* watch(client: Client, args: string): AsyncGenerator<Change> {
  const query = `subscription { sessionsChanged${args} { change id session { status step } gap } }`;
  for await (const { data, errors } of client.iterate<{ sessionsChanged: Change }>({ query })) {
    if (errors || !data) throw new Error(JSON.stringify(errors));
    yield data.sessionsChanged;
  }
}

it('sessionsChanged sends every change of status, and progress once per second, to two clients', async () => {
  const server = await startTestServer();
  const streams = [await open(server), await open(server)];
  const ids = [await server.createSession({ steps: 30 }), await server.createSession({ steps: 5 })];
  for (const { events, first } of streams) {
    const seen: Change[] = [(await first).value as Change];
    while (!ids.every((id) => seen.some((event) => event.id === id && event.session?.status === 'COMPLETED'))) {
      seen.push((await events.next()).value as Change);
    }
    for (const [index, id] of ids.entries()) {
      const own = seen.filter((event) => event.id === id);
      const statuses = own.map(({ change, session }) => `${change} ${session!.status}`);
      expect(statuses.filter((status, at) => status !== statuses[at - 1])).toEqual([
        'CREATED QUEUED',
        'UPDATED RUNNING',
        'UPDATED COMPLETED',
      ]);
      expect(own.at(-1)!.session!.step).toBe([30, 5][index]);
      // One event per step would be 33.
      expect(own.length).toBeLessThan(25);
    }
    expect(seen.every(({ gap }) => !gap)).toBe(true);
    await events.return(undefined);
  }
});

it('sessionsChanged sends the viewer’s sessions, and all sessions to admins unless `mine` is true', async () => {
  const { ada, bob, admin } = await startGuarded();
  await admin.ask('mutation { pauseQueue { paused } }');
  const streams = {
    ada: await open(ada),
    all: await open(admin),
    own: await open(admin, '(mine: true)'),
  };
  const owners = { bob, ada, admin };
  const ids: Record<string, string> = {};
  for (const [owner, server] of Object.entries(owners)) ids[owner] = await server.createSession({ steps: 3 });
  const rename = 'mutation ($id: ID!) { updateSession(id: $id, input: { title: "New" }) { errors { code } } }';
  await ada.ask(rename, { id: ids['ada'] });
  const gone = 'mutation ($id: ID!) { deleteSession(id: $id) { deletedId } }';
  for (const [owner, server] of Object.entries(owners)) await server.ask(gone, { id: ids[owner] });

  const receive = async ({ events, first }: (typeof streams)['ada'], count: number) => {
    const seen = [(await first).value as Change];
    while (seen.length < count) seen.push((await events.next()).value as Change);
    return seen.map(({ change, id, session }) => [change, id, session?.status ?? null]);
  };
  const life = (id: string | undefined) => [
    ['CREATED', id, 'QUEUED'],
    ['UPDATED', id, 'CANCELLED'],
    ['DELETED', id, null],
  ];
  expect(await receive(streams.ada, 4)).toEqual(life(ids['ada']).toSpliced(1, 0, ['UPDATED', ids['ada'], 'QUEUED']));
  expect(await receive(streams.own, 3)).toEqual(life(ids['admin']));
  const all = await receive(streams.all, 10);
  expect(all.slice(0, 3)).toEqual(['bob', 'ada', 'admin'].map((owner) => ['CREATED', ids[owner], 'QUEUED']));
  expect(all[3]).toEqual(['UPDATED', ids['ada'], 'QUEUED']);
  expect(all.slice(4)).toEqual(['bob', 'ada', 'admin'].flatMap((owner) => life(ids[owner]).slice(1)));
});
