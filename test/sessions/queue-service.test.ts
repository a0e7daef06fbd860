import { describe, expect, it } from 'vitest';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import { eventWhere, openApplication, openSessionsFixture } from '../support/sessions.js';

describe('a paused queue', () => {
  it('finishes the running session, claims no other, stays paused over a restart, and resumes in order', async () => {
    const { storage, easel, request } = await openSessionsFixture();
    await easel.start();
    const first = await easel.sessions.create(LOCAL_VIEWER, request(60));
    const channel = await easel.sessions.watch(LOCAL_VIEWER, first.id, {});
    await eventWhere(channel, ({ seq }) => seq > 0);
    const second = await easel.sessions.create(LOCAL_VIEWER, request(3));
    await easel.queue.pause();
    expect(await easel.queue.state()).toMatchObject({ paused: true, length: 1 });
    expect(await easel.queue.running()).toMatchObject({ id: first.id, status: 'RUNNING' });
    expect((await easel.queue.waiting(9)).map(({ id }) => id)).toEqual([second.id]);
    await eventWhere(channel, ({ session }) => session.status === 'COMPLETED');
    expect(await easel.queue.running()).toBeNull();
    await easel.stop();

    const again = openApplication(storage);
    await again.start();
    const third = await again.sessions.create(LOCAL_VIEWER, request(3));
    expect((await again.queue.state()).paused).toBe(true);
    expect((await again.queue.state()).oldestWaitSeconds).toBeGreaterThanOrEqual(0);
    expect((await again.queue.waiting(9)).map(({ id }) => id)).toEqual([second.id, third.id]);
    expect((await again.queue.waiting(1)).map(({ id }) => id)).toEqual([second.id]);

    const last = await again.sessions.watch(LOCAL_VIEWER, third.id, {});
    await again.queue.resume();
    await eventWhere(last, ({ session }) => session.status === 'COMPLETED');
    expect((await storage.sessions.find(second.id))!.status).toBe('COMPLETED');
    expect(await again.queue.state()).toEqual({ paused: false, length: 0, oldestWaitSeconds: null });
    expect(await storage.settings.get('queue.paused')).toBe('false');
  });

  it('claims no session if the queue was paused before the start', async () => {
    const { easel, request } = await openSessionsFixture();
    await easel.queue.pause();
    await easel.start();
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(3));
    await easel.engine.start();
    expect(await easel.sessions.find(LOCAL_VIEWER, id)).toMatchObject({ status: 'QUEUED' });
    await easel.sessions.cancel(LOCAL_VIEWER, id);
    expect(await easel.queue.state()).toMatchObject({ length: 0, oldestWaitSeconds: null });
  });
});
