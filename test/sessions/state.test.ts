import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isTerminal,
  transition,
  TRANSITIONS,
  type SessionAction,
  type SessionStatus,
} from '../../src/sessions/state.js';

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

describe('the life of a session', () => {
  it('ends at most once, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...actions)), (happenings) => {
        const visited = life(happenings);
        expect(visited.slice(0, -1).some(isTerminal)).toBe(false);
      }),
    );
  });

  it('completes or fails only after it ran', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...actions)), (happenings) => {
        const visited = life(happenings);
        const end = visited.at(-1)!;
        if (end === 'COMPLETED' || end === 'FAILED') expect(visited.at(-2)).toBe('RUNNING');
      }),
    );
  });

  it('can always still be ended while it has not', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...actions)), (happenings) => {
        const status = life(happenings).at(-1)!;
        const ends = actions.some((action) => isTerminal(transition(status, action) ?? status));
        expect(ends).toBe(true);
      }),
    );
  });

  it('never leaves a terminal status', () => {
    for (const status of statuses.filter(isTerminal)) {
      for (const action of actions) expect(transition(status, action)).toBeNull();
    }
  });
});
