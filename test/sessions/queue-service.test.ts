import { describe, expect, it } from 'vitest';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import { eventWhere, openSessions, openStudio } from '../support/studio.js';

describe('a paused queue', () => {
  it('lets the running session finish, takes up no other, stays so over a restart, and goes on where it was', async () => {
    const { storage, sessions, request } = await openStudio();
    await sessions.start();
    const first = await sessions.service.create(LOCAL_VIEWER, request(60));
    const channel = await sessions.service.watch(LOCAL_VIEWER, first.id, {});
    await eventWhere(channel, ({ seq }) => seq > 0);
    const second = await sessions.service.create(LOCAL_VIEWER, request(3));
    await sessions.queue.pause();
    expect(await sessions.queue.state()).toMatchObject({ paused: true, length: 1 });
    expect(await sessions.queue.running()).toMatchObject({ id: first.id, status: 'RUNNING' });
    expect((await sessions.queue.waiting(9)).map(({ id }) => id)).toEqual([second.id]);
    await eventWhere(channel, ({ session }) => session.status === 'COMPLETED');
    expect(await sessions.queue.running()).toBeNull();
    await sessions.stop();

    const again = openSessions(storage);
    await again.start();
    const third = await again.service.create(LOCAL_VIEWER, request(3));
    expect((await again.queue.state()).paused).toBe(true);
    expect((await again.queue.state()).oldestWaitSeconds).toBeGreaterThanOrEqual(0);
    expect((await again.queue.waiting(9)).map(({ id }) => id)).toEqual([second.id, third.id]);
    expect((await again.queue.waiting(1)).map(({ id }) => id)).toEqual([second.id]);

    const last = await again.service.watch(LOCAL_VIEWER, third.id, {});
    await again.queue.resume();
    await eventWhere(last, ({ session }) => session.status === 'COMPLETED');
    expect((await storage.sessions.find(second.id))!.status).toBe('COMPLETED');
    expect(await again.queue.state()).toEqual({ paused: false, length: 0, oldestWaitSeconds: null });
    expect(await storage.settings.get('queue.paused')).toBe('false');
  });

  it('takes up nothing that was created while it was paused from the start', async () => {
    const { sessions, request } = await openStudio();
    await sessions.queue.pause();
    await sessions.start();
    const { id } = await sessions.service.create(LOCAL_VIEWER, request(3));
    await sessions.engine.start();
    expect(await sessions.service.find(LOCAL_VIEWER, id)).toMatchObject({ status: 'QUEUED' });
    await sessions.service.cancel(LOCAL_VIEWER, id);
    expect(await sessions.queue.state()).toMatchObject({ length: 0, oldestWaitSeconds: null });
  });
});
