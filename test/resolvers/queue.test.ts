import { describe, expect, it } from 'vitest';
import { startGuarded } from '../auth/support.js';
import { startTestServer } from '../support/server.js';

const QUEUE = 'paused length oldestWaitSeconds running { id step } waiting(first: 5) { id queuePosition }';

describe('queue', () => {
  it('can be read, paused and resumed by admins', async () => {
    const server = await startTestServer();
    const { pauseQueue } = await server.ask<{ pauseQueue: object }>(`mutation { pauseQueue { ${QUEUE} } }`);
    expect(pauseQueue).toEqual({ paused: true, length: 0, oldestWaitSeconds: null, running: null, waiting: [] });
    const id = await server.createSession({ steps: 3 });
    const { queue } = await server.ask<{ queue: { oldestWaitSeconds: number } }>(`{ queue { ${QUEUE} } }`);
    expect(queue).toMatchObject({ paused: true, length: 1, running: null, waiting: [{ id, queuePosition: 0 }] });
    expect(queue.oldestWaitSeconds).toBeGreaterThanOrEqual(0);

    const events = server.connect().iterate<{ sessionProgress: { session: { status: string } } }>({
      query: `subscription { sessionProgress(id: "${id}") { session { status } } }`,
    });
    await events.next();
    expect(await server.ask('mutation { resumeQueue { paused } }')).toEqual({ resumeQueue: { paused: false } });
    let last: unknown;
    for await (const { data } of events) last = data!.sessionProgress.session.status;
    expect(last).toBe('COMPLETED');
  });

  it('limits the number of listed sessions', async () => {
    const server = await startTestServer();
    const { errors } = await server.send('{ queue { waiting(first: 101) { id } } }');
    expect(errors![0]!.extensions).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'first' });
  });

  it('is FORBIDDEN for users', async () => {
    const { ada, admin } = await startGuarded();
    for (const query of [
      '{ queue { paused } }',
      'mutation { pauseQueue { paused } }',
      'mutation { resumeQueue { paused } }',
    ]) {
      const { errors } = await ada.send(query);
      expect(errors!.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    }
    expect(await admin.ask('{ queue { paused } }')).toEqual({ queue: { paused: false } });
  });
});
