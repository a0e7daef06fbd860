import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTerminal, transition, TRANSITIONS, type SessionAction, type SessionStatus } from '../../src/core/status.js';

const actions = Object.keys(TRANSITIONS) as SessionAction[];
const statuses: SessionStatus[] = ['QUEUED', 'RUNNING', 'PAUSED', 'COMPLETED', 'CANCELLED', 'FAILED'];

/** The statuses of a session to which these actions happen in turn; illegal ones leave it as it is. */
function life(happenings: readonly SessionAction[]): SessionStatus[] {
  const visited: SessionStatus[] = ['QUEUED'];
  for (const action of happenings) {
    const next = transition(visited.at(-1)!, action);
    if (next) visited.push(next);
  }
  return visited;
}

const lives = fc.array(fc.constantFrom(...actions), { maxLength: 40 });

describe('the life of a session', () => {
  it('leaves a terminal status only by being continued', () => {
    fc.assert(
      fc.property(lives, (happenings) => {
        const visited = life(happenings);
        for (const [index, status] of visited.slice(0, -1).entries()) {
          if (isTerminal(status)) expect(visited[index + 1]).toBe('QUEUED');
        }
      }),
    );
    for (const status of statuses.filter(isTerminal)) {
      const left = actions.filter((action) => transition(status, action) !== null);
      expect(left).toEqual(status === 'FAILED' ? [] : ['continue']);
    }
  });

  it('completes or fails only after it ran, and runs only after it waited', () => {
    fc.assert(
      fc.property(lives, (happenings) => {
        const visited = life(happenings);
        for (const [index, status] of visited.entries()) {
          if (status === 'COMPLETED' || status === 'FAILED') expect(visited[index - 1]).toBe('RUNNING');
          if (status === 'RUNNING') expect(visited[index - 1]).toBe('QUEUED');
          if (status === 'PAUSED') expect(['QUEUED', 'RUNNING']).toContain(visited[index - 1]);
        }
      }),
    );
  });

  it('can always still be ended while it has not', () => {
    fc.assert(
      fc.property(lives, (happenings) => {
        const status = life(happenings).at(-1)!;
        const ends = actions.some((action) => isTerminal(transition(status, action) ?? status));
        expect(ends).toBe(true);
      }),
    );
  });

  it('never stays where it is: each change of status is one', () => {
    for (const { from, to } of Object.values(TRANSITIONS)) expect(from).not.toContain(to);
  });
});
