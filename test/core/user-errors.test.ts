import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ApiKeys } from '../../src/auth/api-keys.js';
import { KeyWatch } from '../../src/auth/key-watch.js';
import type { UserErrorCode } from '../../src/core/errors.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import { withUserErrors } from '../../src/resolvers/errors.js';
import { photo } from '../storage/image-files.js';
import { temporaryFolder } from '../storage/support.js';
import { openSessionsFixture, type SessionsFixture } from '../support/sessions.js';

/** Verbs with which a message says what to do. */
const ADVICE =
  /(^|[.,;:] (or )?)(Add|Ask|Continue|Enlarge|Branch|Bring|Cancel|Choose|Convert|Create|Delete|Import|Install|Keep|Leave|List|Make|Give|Pass|Pause|Read|Remove|Resume|Save|Set|Shorten|Try|Upload|Use|Wait|Write) /i;

/** Requests that provoke each code. */
const provoke: Record<UserErrorCode, (studio: SessionsFixture) => Promise<unknown>> = {
  SESSION_NOT_FOUND: ({ easel }) => easel.sessions.cancel(LOCAL_VIEWER, 'ses_none'),
  IMAGE_NOT_FOUND: (studio) => create(studio, { contentImageId: 'img_none' }),
  PRESET_NOT_FOUND: (studio) => create(studio, { preset: 'none' }),
  INVALID_PRESET: ({ easel }) => easel.presets.create(LOCAL_VIEWER, { name: 'Not a name' }),
  PRESET_NAME_TAKEN: ({ easel }) => easel.presets.create(LOCAL_VIEWER, { name: 'draft' }),
  PRESET_BUILT_IN: ({ easel }) => easel.presets.delete(LOCAL_VIEWER, 'pre_draft'),
  TOO_MANY_PRESETS: async ({ easel }) => {
    for (let index = 0; index <= 100; index += 1) await easel.presets.create(LOCAL_VIEWER, { name: `mine-${index}` });
  },
  INVALID_STYLES: (studio) => create(studio, { styles: [] }),
  INVALID_MASK: async (studio) => {
    const black = await photo(64, 48).linear(0, 0).png().toBuffer();
    const { id } = await studio.easel.images.upload(LOCAL_VIEWER, black);
    return await create(studio, { styles: [{ ...studio.request(1).styles[0]!, maskImageId: id }] });
  },
  INVALID_RECIPE: (studio) => create(studio, { recipe: { steps: 0 } }),
  INVALID_TITLE: (studio) => create(studio, { title: 'x'.repeat(201) }),
  INVALID_TAGS: (studio) => create(studio, { tags: [' '] }),
  NETWORK_NOT_FOUND: (studio) => create(studio, { recipe: { network: 'vgg19' } }),
  NETWORK_INVALID: async () => {
    const weightsFile = path.join(await temporaryFolder(), 'weights.safetensors');
    await writeFile(weightsFile, 'These are not weights.');
    return await create(await openSessionsFixture({ networks: { weightsFile } }), { recipe: { network: 'vgg19' } });
  },
  TOO_LARGE_FOR_MEMORY: async () => create(await openSessionsFixture({ memoryLimitBytes: 400 * 2 ** 20 }), {}, 2048),
  QUEUE_FULL: async () => create(await openSessionsFixture({ maxQueue: 0 })),
  TOO_MANY_SESSIONS: async () => create(await openSessionsFixture({ maxSessions: 0 })),
  TOO_MANY_UPLOADS: async () =>
    (await openSessionsFixture({ maxUploads: 0 })).easel.images.admit(() => Promise.resolve()),
  API_KEY_NOT_FOUND: ({ storage }) => new ApiKeys(storage.apiKeys, new KeyWatch(storage.apiKeys)).revoke('key_none'),
  NOT_CANCELLABLE: async (studio) => studio.easel.sessions.cancel(LOCAL_VIEWER, await failed(studio)),
  NOT_PAUSABLE: async (studio) => studio.easel.sessions.pause(LOCAL_VIEWER, await failed(studio)),
  NOT_RESUMABLE: async (studio) => studio.easel.sessions.resume(LOCAL_VIEWER, await failed(studio)),
  NOT_CONTINUABLE: async (studio) => studio.easel.sessions.continue(LOCAL_VIEWER, await failed(studio), 1),
  NO_RESULT: async (studio) => studio.easel.sessions.branch(LOCAL_VIEWER, await failed(studio), { from: 'RESULT' }),
  NO_CHECKPOINT: async (studio) =>
    studio.easel.sessions.branch(LOCAL_VIEWER, await failed(studio), { from: 'CHECKPOINT' }),
  CHECKPOINT_MISMATCH: async (studio) =>
    studio.easel.sessions.branch(LOCAL_VIEWER, await failed(studio), { from: 'CHECKPOINT', recipe: { size: 32 } }),
  IDEMPOTENCY_CONFLICT: async ({ easel, request }) => {
    await easel.sessions.create(LOCAL_VIEWER, request(1), 'key');
    await easel.sessions.create(LOCAL_VIEWER, request(2), 'key');
  },
  INVALID_CURSOR: ({ easel }) => easel.history.page(LOCAL_VIEWER, { order: 'NEWEST', after: 'none' }),
  INVALID_ARGUMENT: ({ easel }) => easel.history.page(LOCAL_VIEWER, { order: 'NEWEST', first: 0 }),
  NOT_AN_IMAGE: ({ easel }) => easel.images.upload(LOCAL_VIEWER, Buffer.from('This is not an image.')),
  TOO_LARGE: ({ easel }) => easel.images.upload(LOCAL_VIEWER, manyBytes()),
  TOO_SMALL: async ({ easel }) => easel.images.upload(LOCAL_VIEWER, await photo(2, 2).png().toBuffer()),
};

async function create({ easel, request }: SessionsFixture, changes: object = {}, size = 48): Promise<unknown> {
  const input = request(1);
  return await easel.sessions.create(LOCAL_VIEWER, { ...input, recipe: { ...input.recipe, size }, ...changes });
}

async function failed({ easel, storage, request }: SessionsFixture): Promise<string> {
  const { id } = await easel.sessions.create(LOCAL_VIEWER, request(1));
  await storage.sessions.transition(id, { from: ['QUEUED'] }, 'FAILED');
  return id;
}

async function* manyBytes(): AsyncGenerator<Uint8Array> {
  for (;;) yield await Promise.resolve(new Uint8Array(1_000_000));
}

describe('the message of a user error', () => {
  it.each(Object.keys(provoke) as UserErrorCode[])('says what to do: %s', async (code) => {
    const { errors } = await withUserErrors(() => openSessionsFixture().then(provoke[code]));
    expect(errors.map((error) => error.code)).toEqual([code]);
    expect(errors[0]!.message).toMatch(ADVICE);
    expect(errors[0]!.message).toMatch(/^[A-Z`].*\.$/s);
  });
});
