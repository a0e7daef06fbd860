import { expect, it, vi } from 'vitest';
import { LocalSignals } from '../../src/core/signals.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import { ProgressHub } from '../../src/progress/hub.js';
import { ENDLESS, eventWhere, openSessionsFixture } from '../support/sessions.js';

it('a lost wake and a lost order cost time only: the worker reads the queue and the row again', async () => {
  const { easel, request } = await openSessionsFixture();
  vi.spyOn(LocalSignals.prototype, 'wake').mockReturnValue();
  vi.spyOn(LocalSignals.prototype, 'order').mockReturnValue();
  await easel.start();
  const { id } = await easel.sessions.create(LOCAL_VIEWER, request(ENDLESS));
  const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
  await eventWhere(channel, ({ seq }) => seq > 0);
  await easel.sessions.cancel(LOCAL_VIEWER, id);
  await eventWhere(channel, ({ session }) => session.status === 'CANCELLED');
});

it('a deletion ends although the status event of the cancelled run was lost', async () => {
  const { easel, storage, request } = await openSessionsFixture();
  await easel.start();
  const { id } = await easel.sessions.create(LOCAL_VIEWER, request(ENDLESS));
  const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
  await eventWhere(channel, ({ seq }) => seq > 0);
  vi.spyOn(ProgressHub.prototype, 'publishStatus').mockReturnValue();
  await easel.sessions.delete(LOCAL_VIEWER, id);
  expect(await storage.sessions.find(id)).toBeNull();
  await channel.return();
});
