import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TRANSITIONS, type SessionAction, type SessionStatus } from '../../src/core/status.js';
import { addSession, temporaryStorage } from '../storage/support.js';

const actions = Object.keys(TRANSITIONS) as SessionAction[];

it('exactly one of several racing equal transitions wins, and the history has every status', async () => {
  const { sessions } = await temporaryStorageWithSessions();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...actions), { maxLength: 15 }), async (happenings) => {
      const { id } = await sessions.add();
      const visited: SessionStatus[] = ['QUEUED'];
      for (const action of happenings) {
        const { from, to } = TRANSITIONS[action];
        const rivals = await Promise.all([1, 2, 3].map(() => sessions.repository.transition(id, { from }, to)));
        const next = from.includes(visited.at(-1)!) ? to : null;
        expect(rivals.filter((row) => row !== null)).toHaveLength(next ? 1 : 0);
        if (next) visited.push(next);
      }
      expect(await sessions.repository.find(id)).toMatchObject({ status: visited.at(-1) });
      const history = await sessions.statuses(id);
      expect(history.map(({ status }) => status)).toEqual(visited);
    }),
    { numRuns: 25 },
  );
});

it('exactly one of several racing transitions from one status wins', async () => {
  const { sessions } = await temporaryStorageWithSessions();
  const { id } = await sessions.add();
  const rivals = (['claim', 'cancelQueued', 'pauseQueued'] as const).map((action) => {
    const { from, to } = TRANSITIONS[action];
    return sessions.repository.transition(id, { from, seq: 0 }, to);
  });
  const [claimed, withdrawn, held] = await Promise.all(rivals);
  // The first one wins. A session can be cancelled from PAUSED, but not from RUNNING.
  expect([claimed?.status, withdrawn, held]).toEqual(['RUNNING', null, null]);
  expect(await sessions.repository.transition(id, { from: ['RUNNING'], seq: 1 }, 'PAUSED')).toBeNull();
});

it('the history of a session that is paused and resumed for ever is bounded', async () => {
  const { sessions } = await temporaryStorageWithSessions();
  const { id } = await sessions.add();
  for (let round = 0; round < 60; round += 1) {
    await sessions.repository.transition(id, TRANSITIONS.pauseQueued, 'PAUSED');
    await sessions.repository.transition(id, TRANSITIONS.resume, 'QUEUED');
  }
  const history = await sessions.statuses(id);
  expect(history).toHaveLength(100);
  expect(history.at(-1)!.status).toBe('QUEUED');
});

async function temporaryStorageWithSessions() {
  const storage = await temporaryStorage();
  const statuses = async (id: string) => (await storage.sessions.statusHistories([id])).get(id) ?? [];
  return { sessions: { repository: storage.sessions, statuses, add: () => addSession(storage) } };
}
