import type { Client } from 'graphql-ws';
import { expect, it } from 'vitest';
import { startTestServer } from '../support/server.js';

interface Change {
  readonly change: string;
  readonly id: string;
  readonly session: { readonly status: string; readonly step: number } | null;
  readonly gap: boolean;
}

async function* watch(client: Client): AsyncGenerator<Change> {
  const query = 'subscription { sessionsChanged { change id session { status step } gap } }';
  for await (const { data, errors } of client.iterate<{ sessionsChanged: Change }>({ query })) {
    if (errors || !data) throw new Error(JSON.stringify(errors));
    yield data.sessionsChanged;
  }
}

it('sessionsChanged tells two clients of every status of every session, and of some progress', async () => {
  const server = await startTestServer();
  const opened = async () => {
    const client = server.connect();
    const connected = new Promise<void>((resolve) => client.on('connected', () => resolve()));
    const events = watch(client);
    // The stream has no first event, so an answer to a later question on the same socket says that it is open.
    const first = events.next();
    await connected;
    await client.iterate({ query: '{ __typename }' }).next();
    return { events, first };
  };
  const streams = [await opened(), await opened()];
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
      // Not an event a step: that would be 33.
      expect(own.length).toBeLessThan(25);
    }
    expect(seen.every(({ gap }) => !gap)).toBe(true);
    await events.return(undefined);
  }
});
