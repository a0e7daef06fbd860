import { describe, expect, it } from 'vitest';
import { sessionNotFound } from '../../src/core/errors.js';
import { ImageService } from '../../src/images/image-service.js';
import { ResultService } from '../../src/images/result-service.js';
import { TimelapseService } from '../../src/images/timelapse-service.js';
import { isVisible, visibleOwner, type Viewer } from '../../src/core/viewer.js';
import { photo } from '../storage/image-files.js';
import { LIMITS } from '../storage/support.js';
import { openSessionsFixture } from '../support/sessions.js';

const ADA: Viewer = { ownerId: 'ada', isAdmin: false };
const BOB: Viewer = { ownerId: 'bob', isAdmin: false };
const ADMIN: Viewer = { ownerId: 'root', isAdmin: true };

it('visibility depends on the owner, except for admins', () => {
  expect([ADA, BOB, ADMIN].map((viewer) => isVisible(viewer, { ownerId: 'ada' }))).toEqual([true, false, true]);
  expect([ADA, ADMIN].map(visibleOwner)).toEqual(['ada', undefined]);
});

/** Ada's session on her own images, not started. */
async function adasSession() {
  const studio = await openSessionsFixture();
  const { storage, easel } = studio;
  const images = new ImageService(storage, LIMITS.maxBytes);
  const bytes = await photo(64, 48).png().toBuffer();
  const image = await images.upload(ADA, bytes, 'a.png');
  const request = {
    ...studio.request(3),
    tags: ['private'],
    contentImageId: image.id,
    styles: [{ imageId: image.id, weight: 1, scale: 1 }],
  };
  const session = await easel.sessions.create(ADA, request);
  return {
    storage,
    service: easel.sessions,
    history: easel.history,
    start: () => easel.start(),
    images,
    bytes,
    image,
    request,
    session,
  };
}

describe('images', () => {
  it('have a row for each owner and one blob', async () => {
    const { images, bytes, image } = await adasSession();
    const same = await images.upload(BOB, bytes, 'a.png');
    expect(same.sha256).toBe(image.sha256);
    expect(same.id).not.toBe(image.id);
    expect((await images.upload(ADA, bytes, 'a.png')).id).toBe(image.id);
  });

  it('are visible to their owner and to admins only', async () => {
    const { images, image } = await adasSession();
    expect(await images.find(ADA, image.id)).toEqual(image);
    expect(await images.find(ADMIN, image.id)).toEqual(image);
    expect(await images.find(BOB, image.id)).toBeNull();
  });

  it('cannot be used by other viewers', async () => {
    const { service, request, storage } = await adasSession();
    await expect(service.create(BOB, request)).rejects.toMatchObject({
      errors: [
        { code: 'IMAGE_NOT_FOUND', field: 'contentImageId' },
        { code: 'IMAGE_NOT_FOUND', field: 'styles.0.imageId' },
      ],
    });
    expect(await storage.sessions.count()).toBe(1);
  });
});

describe('sessions', () => {
  it('do not exist for other viewers, whatever they request', async () => {
    const { service, history, storage, session } = await adasSession();
    const { id } = session;
    expect(session.ownerId).toBe('ada');
    expect(await service.find(BOB, id)).toBeNull();
    expect((await history.page(BOB, { order: 'NEWEST' })).sessions).toEqual([]);
    expect(await history.count(BOB, {})).toBe(0);
    expect(await history.tags(BOB)).toEqual([]);
    await storage.sessions.transition(id, { from: ['QUEUED'] }, 'RUNNING', { claimToken: 'mine' });
    const frame = { sessionId: id, seq: 1, step: 1, sha256: 'f'.repeat(64), width: 8, height: 6, byteSize: 9 };
    await storage.timelapses.record(frame, 'mine', [1]);
    const timelapses = new TimelapseService(storage);
    expect(await timelapses.find(BOB, id, 1)).toBeNull();
    expect(await timelapses.animation(BOB, id)).toBeNull();
    await storage.sessions.transition(id, { from: ['RUNNING'] }, 'QUEUED');
    for (const attempt of [
      service.get(BOB, id),
      service.cancel(BOB, id),
      service.watch(BOB, id, {}),
      history.update(BOB, id, { title: 'Mine' }),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND', message: sessionNotFound(id).message });
    }
    for (const viewer of [ADA, ADMIN]) {
      expect(await service.find(viewer, id)).toMatchObject({ id, status: 'QUEUED' });
      expect((await history.page(viewer, { order: 'NEWEST' })).sessions).toHaveLength(1);
      expect(await history.count(viewer, {})).toBe(1);
      expect(await history.tags(viewer)).toEqual(['private']);
      expect(await timelapses.find(viewer, id, 1)).toEqual(frame);
    }
  });

  it('give events, previews and results to their owner and admins only, running or not', async () => {
    const { service, session, start, storage, images } = await adasSession();
    const results = new ResultService(storage, images);
    const channel = await service.watch(ADA, session.id, {});
    // The hub holds the session now.
    await expect(service.watch(BOB, session.id, {})).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    await start();
    let seq = 0;
    for await (const event of channel) seq = event.seq;
    for (const [viewer, sees] of [
      [ADA, true],
      [ADMIN, true],
      [BOB, false],
    ] as const) {
      expect((await service.findPreview(viewer, session.id, seq, 64)) !== null).toBe(sees);
      expect((await results.find(viewer, session.id)) !== null).toBe(sees);
    }
    const { result } = (await results.find(ADA, session.id))!;
    expect(result.ownerId).toBe('ada');
  });
});
