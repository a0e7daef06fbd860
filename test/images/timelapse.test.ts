import { hasBlob } from '../storage/support.js';
import { expect, it } from 'vitest';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import type { Storage } from '../../src/storage/index.js';
import { allEvents, eventWhere, openApplication, openSessionsFixture } from '../support/sessions.js';

async function framesOf(storage: Storage, id: string) {
  return (await storage.timelapses.framesOf([id])).get(id) ?? [];
}

it('the timelapse of a run that was interrupted goes on where it was, and ends in the result', async () => {
  const { easel, storage, request } = await openSessionsFixture();
  const { id } = await easel.sessions.create(LOCAL_VIEWER, request(200));
  const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
  await easel.start();
  await eventWhere(channel, ({ seq }) => seq > 20);
  await easel.stop();
  const before = await framesOf(storage, id);
  expect(before.length).toBeGreaterThan(0);

  const reopened = openApplication(storage);
  const resumed = await reopened.sessions.watch(LOCAL_VIEWER, id, {});
  await reopened.start();
  const { session } = (await allEvents(resumed)).at(-1)!;
  expect(session).toMatchObject({ status: 'COMPLETED', step: 200 });
  const frames = await framesOf(storage, id);
  const steps = frames.map(({ step }) => step);
  expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
  expect(steps[0]).toBe(before[0]!.step);
  expect(frames.length).toBeGreaterThan(before.length);
  // Small, but the very picture: what the codec lost is all that lies between the last frame and the result.
  expect(steps.at(-1)).toBe(200);
  const result = (await storage.images.find(session.resultImageId!))!;
  const pixelsOf = async (sha256: string) => (await storage.codec.decode(await storage.blobs.get(sha256))).data;
  const [last, painted] = [await pixelsOf(frames.at(-1)!.sha256), await pixelsOf(result.sha256)];
  const difference = last.reduce((sum, value, index) => sum + Math.abs(value - painted[index]!), 0) / last.length;
  expect(last.length).toBe(painted.length);
  expect(difference).toBeLessThan(12);
});

it('a run whose frames cannot be stored ends well all the same', async () => {
  const { storage, request } = await openSessionsFixture();
  const record = () => Promise.reject(new Error('the disk is full'));
  const easel = openApplication({
    ...storage,
    timelapses: Object.assign(Object.create(storage.timelapses) as typeof storage.timelapses, { record }),
  });
  const { id } = await easel.sessions.create(LOCAL_VIEWER, request(5));
  const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
  await easel.start();
  expect((await allEvents(channel)).at(-1)).toMatchObject({ session: { status: 'COMPLETED' } });
  expect(await framesOf(storage, id)).toEqual([]);
});

it('the frames of a timelapse stay as long as their session, and go with it', async () => {
  const { easel, storage, request } = await openSessionsFixture({ imageGraceMs: 0 });
  const { id } = await easel.sessions.create(LOCAL_VIEWER, request(20));
  const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
  await easel.start();
  await allEvents(channel);
  const frames = await framesOf(storage, id);
  const present = () => Promise.all(frames.map(({ sha256 }) => hasBlob(storage, sha256)));
  await easel.garbage.collect();
  expect(frames.length).toBeGreaterThan(1);
  expect(await present()).not.toContain(false);
  await easel.sessions.delete(LOCAL_VIEWER, id);
  expect(await framesOf(storage, id)).toEqual([]);
  expect(await present()).not.toContain(true);
});
