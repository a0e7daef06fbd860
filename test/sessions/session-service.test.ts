import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserErrors, type UserError } from '../../src/core/errors.js';
import type { CreateSession } from '../../src/sessions/session-creator.js';
import { workingSize } from '../../src/estimates/estimator.js';
import { resolveRecipe } from '../../src/engine/index.js';
import { openSessionsFixture } from '../support/sessions.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';

async function errorsOf(creation: Promise<unknown>): Promise<(string | undefined)[][]> {
  const error = await creation.then(
    () => new UserErrors([]),
    (error: UserError | UserErrors) => error,
  );
  const errors = error instanceof UserErrors ? error.errors : [error];
  return errors.map(({ code, field }) => [code, field]);
}

describe('creating a session', () => {
  it('queues the session with the whole recipe, its size and its network', async () => {
    const { easel, storage, request } = await openSessionsFixture();
    const session = await easel.sessions.create(LOCAL_VIEWER, { ...request(5), title: '  Harbour ' });
    expect(session).toMatchObject({
      status: 'QUEUED',
      title: 'Harbour',
      width: 48,
      height: 36,
      totalSteps: 5,
      networkName: 'vgg19-quarter',
      networkIsFallback: false,
    });
    expect(session.recipe).toEqual(resolveRecipe('draft', { size: 48, steps: 5 }));
    expect(await storage.sessions.queuePositions([session.id])).toEqual(new Map([[session.id, 0]]));
  });

  it('reports every user error at once, before anything is written', async () => {
    const { easel, storage, request } = await openSessionsFixture();
    const { styles, ...rest } = request(5);
    const creation = easel.sessions.create(LOCAL_VIEWER, {
      ...rest,
      contentImageId: 'img_nowhere',
      styles: [...styles, { imageId: 'img_nobody', weight: -1, scale: 9 }],
      recipe: { steps: 0 },
      title: 'x'.repeat(201),
      tags: [' '],
    });
    expect(await errorsOf(creation)).toEqual([
      ['INVALID_TITLE', 'title'],
      ['INVALID_TAGS', 'tags.0'],
      ['INVALID_STYLES', 'styles.1.weight'],
      ['INVALID_STYLES', 'styles.1.scale'],
      ['IMAGE_NOT_FOUND', 'contentImageId'],
      ['IMAGE_NOT_FOUND', 'styles.1.imageId'],
      ['INVALID_RECIPE', 'recipe.steps'],
    ]);
    expect(await storage.sessions.count()).toBe(0);
  });

  const layer = (name: string) => [{ layer: name, weight: 1 }];
  const bad: [string, Partial<CreateSession>, string, string][] = [
    ['no style', { styles: [] }, 'INVALID_STYLES', 'styles'],
    ['an unknown preset', { preset: 'van-gogh' }, 'PRESET_NOT_FOUND', 'preset'],
    ['an unknown network', { recipe: { network: 'alexnet' } }, 'INVALID_RECIPE', 'recipe.network'],
    ['a network that is not installed', { recipe: { network: 'vgg19' } }, 'NETWORK_NOT_FOUND', 'recipe.network'],
    [
      'a layer that no network has',
      { recipe: { styleLayers: layer('relu9_9') } },
      'INVALID_RECIPE',
      'recipe.styleLayers',
    ],
    ['a field out of range', { recipe: { size: 1_000_000 } }, 'INVALID_RECIPE', 'recipe.size'],
    ['an unknown initial image', { initialImageId: 'img_no' }, 'IMAGE_NOT_FOUND', 'initialImageId'],
    [
      'a start from an image without an image',
      { recipe: { initialImage: 'IMAGE' } },
      'INVALID_RECIPE',
      'initialImageId',
    ],
    ['fields that contradict each other', { recipe: { contentLayers: [] } }, 'INVALID_RECIPE', 'recipe.contentLayers'],
  ];

  it.each(bad)('refuses %s', async (_what, changes, code, field) => {
    const { easel, request } = await openSessionsFixture();
    expect(await errorsOf(easel.sessions.create(LOCAL_VIEWER, { ...request(5), ...changes }))).toEqual([[code, field]]);
  });

  it('starts from the given image, and refuses a contradicting start', async () => {
    const { easel, request } = await openSessionsFixture();
    const { contentImageId: initialImageId, recipe, ...rest } = request(5);
    const asked = { ...rest, recipe, contentImageId: initialImageId, initialImageId };
    const session = await easel.sessions.create(LOCAL_VIEWER, asked);
    expect(session.initialImageId).toBe(initialImageId);
    expect(session.recipe).toMatchObject({ initialImage: 'IMAGE' });
    const contradiction = easel.sessions.create(LOCAL_VIEWER, {
      ...asked,
      recipe: { ...recipe, initialImage: 'NOISE' },
    });
    expect(await errorsOf(contradiction)).toEqual([['INVALID_RECIPE', 'recipe.initialImage']]);
    const blend = easel.sessions.create(LOCAL_VIEWER, { ...asked, recipe: { ...recipe, noiseRatio: 0.5 } });
    expect(await errorsOf(blend)).toEqual([['INVALID_RECIPE', 'recipe.noiseRatio']]);
  });

  it('refuses a session beyond the queue limit', async () => {
    const { easel, request } = await openSessionsFixture({ maxQueue: 1 });
    await easel.sessions.create(LOCAL_VIEWER, request(5));
    expect(await errorsOf(easel.sessions.create(LOCAL_VIEWER, request(5)))).toEqual([['QUEUE_FULL', undefined]]);
  });

  it('never exceeds the queue limit or the owner limit, however many requests race', async () => {
    for (const [limits, code] of [
      [{ maxQueue: 3 }, 'QUEUE_FULL'],
      [{ maxSessions: 3 }, 'TOO_MANY_SESSIONS'],
    ] as const) {
      const { easel, storage, request } = await openSessionsFixture(limits);
      const racing = Array.from({ length: 12 }, () => errorsOf(easel.sessions.create(LOCAL_VIEWER, request(5))));
      const refused = (await Promise.all(racing)).filter(([error]) => error !== undefined);
      expect(await storage.sessions.count()).toBe(3);
      expect(refused).toEqual(Array.from({ length: 9 }, () => [[code, undefined]]));
    }
  });
});

describe('cancelling a session', () => {
  it('takes effect at once on a queued session and its subscribers; again: no change', async () => {
    const { easel, request } = await openSessionsFixture();
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(5));
    const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
    await channel.next();
    expect(await easel.sessions.cancel(LOCAL_VIEWER, id)).toMatchObject({ status: 'CANCELLED' });
    expect((await channel.next()).value).toMatchObject({ session: { status: 'CANCELLED' } });
    expect((await channel.next()).done).toBe(true);
    expect(await easel.sessions.cancel(LOCAL_VIEWER, id)).toMatchObject({ status: 'CANCELLED' });
  });

  it('refuses a failed session', async () => {
    const { easel, storage, request } = await openSessionsFixture();
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(5));
    await storage.sessions.transition(id, { from: ['QUEUED'] }, 'FAILED');
    await expect(easel.sessions.cancel(LOCAL_VIEWER, id)).rejects.toMatchObject({ code: 'NOT_CANCELLABLE' });
  });

  it('refuses an unknown session', async () => {
    const { easel } = await openSessionsFixture();
    await expect(easel.sessions.cancel(LOCAL_VIEWER, 'ses_none')).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
      field: 'id',
    });
    await expect(easel.sessions.watch(LOCAL_VIEWER, 'ses_none', {})).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });
  });
});

describe('the working size of an image', () => {
  it('equals the size that the engine gives to the decoded image, however large the image is', () => {
    const side = fc.integer({ min: 16, max: 20_000 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 32, max: 2048 }), (width, height, size) => {
        const recipe = resolveRecipe('draft', { size });
        const working = workingSize({ width, height }, recipe);
        // An image with a short side below the network's minimum may exceed the requested size.
        const most = Math.min(working.width, working.height) > 16 ? size : Math.max(size, 4096);
        expect(Math.max(working.width, working.height)).toBeLessThanOrEqual(most);
        expect(working.decodeSide).toBeGreaterThanOrEqual(2 * size);
      }),
    );
  });
});
