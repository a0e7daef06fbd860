import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTerminal, TRANSITIONS, type SessionAction, type SessionStatus } from '../../src/core/status.js';

const actions = Object.keys(TRANSITIONS) as SessionAction[];
const statuses: SessionStatus[] = ['QUEUED', 'RUNNING', 'PAUSED', 'COMPLETED', 'CANCELLED', 'FAILED'];

/** The status after an action; null if the action is illegal in this status. */
function next(status: SessionStatus, action: SessionAction): SessionStatus | null {
  const { from, to } = TRANSITIONS[action];
  return from.includes(status) ? to : null;
}

/** The statuses of a session that receives these actions in turn; illegal actions leave it as it is. */
function life(received: readonly SessionAction[]): SessionStatus[] {
  const visited: SessionStatus[] = ['QUEUED'];
  for (const action of received) {
    const status = next(visited.at(-1)!, action);
    if (status) visited.push(status);
  }
  return visited;
}

const lives = fc.array(fc.constantFrom(...actions), { maxLength: 40 });

describe('the life of a session', () => {
  it('leaves a terminal status only when the session is continued', () => {
    fc.assert(
      fc.property(lives, (received) => {
        const visited = life(received);
        for (const [index, status] of visited.slice(0, -1).entries()) {
          if (isTerminal(status)) expect(visited[index + 1]).toBe('QUEUED');
        }
      }),
    );
    for (const status of statuses.filter(isTerminal)) {
      const legal = actions.filter((action) => next(status, action) !== null);
      expect(legal).toEqual(status === 'FAILED' ? [] : ['continue']);
    }
  });

  it('reaches COMPLETED and FAILED only from RUNNING, and RUNNING only from QUEUED', () => {
    fc.assert(
      fc.property(lives, (received) => {
        const visited = life(received);
        for (const [index, status] of visited.entries()) {
          if (status === 'COMPLETED' || status === 'FAILED') expect(visited[index - 1]).toBe('RUNNING');
          if (status === 'RUNNING') expect(visited[index - 1]).toBe('QUEUED');
          if (status === 'PAUSED') expect(['QUEUED', 'RUNNING']).toContain(visited[index - 1]);
        }
      }),
    );
  });

  it('can be ended from every status that is not terminal', () => {
    fc.assert(
      fc.property(lives, (received) => {
        const status = life(received).at(-1)!;
        const canEnd = actions.some((action) => isTerminal(next(status, action) ?? status));
        expect(canEnd).toBe(true);
      }),
    );
  });

  it('has no transition from a status to itself', () => {
    for (const { from, to } of Object.values(TRANSITIONS)) expect(from).not.toContain(to);
  });
});
