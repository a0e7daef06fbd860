import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, type EngineProcess } from '../../src/engine/index.js';
import { ImageService } from '../../src/images/image-service.js';
import type { CreateSession } from '../../src/sessions/session-creator.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import { UNUSED } from '../../src/storage/image-repository.js';
import type { SessionRow, Storage } from '../../src/storage/index.js';
import { photo } from '../storage/image-files.js';
import { hasBlob, LIMITS, lossesOf } from '../storage/support.js';
import {
  allEvents,
  ENDLESS,
  eventWhere,
  openApplication,
  openSessionsFixture,
  sharedEngineProcess,
  type SessionsFixture,
} from '../support/sessions.js';

const engine = sharedEngineProcess();

async function curve(storage: Storage, id: string) {
  const rows = await lossesOf(storage, id);
  return rows.map(({ step, total, content, style }) => ({ step, total, content, style }));
}

/** Runs a session to its end. */
async function finished({ easel }: Pick<SessionsFixture, 'easel'>, session: SessionRow): Promise<SessionRow> {
  const events = await allEvents(await easel.sessions.watch(LOCAL_VIEWER, session.id, {}));
  return events.at(-1)!.session;
}

/** One scale and Adam, whose checkpoint has the whole state: further steps equal the steps of a longer run. */
function plain(request: CreateSession, steps: number): CreateSession {
  return { ...request, recipe: { size: 48, steps, minScale: 48, optimizer: 'ADAM' } };
}

const statuses = async (storage: Storage, id: string) =>
  ((await storage.sessions.statusHistories([id])).get(id) ?? []).map(({ status }) => status);

describe('pausing a session', () => {
  it('ends CANCELLED if a cancellation is requested while the pause is being written', async () => {
    const { easel, storage, request } = await openSessionsFixture();
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(10_000));
    const write = storage.sessions.transition.bind(storage.sessions);
    let overtaken = false;
    storage.sessions.transition = async (...asked) => {
      if (asked[2] === 'PAUSED') overtaken = await storage.sessions.requestCancel(id);
      return await write(...asked);
    };
    const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
    await easel.start();
    await eventWhere(channel, ({ seq }) => seq >= 2);
    await easel.sessions.pause(LOCAL_VIEWER, id);
    const { session } = (await allEvents(channel)).at(-1)!;
    expect(overtaken).toBe(true);
    expect(session.status).toBe('CANCELLED');
    expect((await storage.sessions.find(id))!.finishedAt).not.toBeNull();
  });

  it('changes no loss, record number or result byte of the run, also over a restart', async () => {
    const { easel, storage, request } = await openSessionsFixture({ engine });
    const whole = await easel.sessions.create(LOCAL_VIEWER, request(150));
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(150));
    const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
    await easel.start();
    await eventWhere(channel, ({ seq }) => seq >= 5);
    expect(await easel.sessions.pause(LOCAL_VIEWER, id)).toMatchObject({ id });
    const { session } = await eventWhere(channel, (event) => event.session.status === 'PAUSED');
    expect(session).toMatchObject({ status: 'PAUSED', claimToken: null, pauseRequested: false, finishedAt: null });
    expect(decodeCheckpoint(await readFile((await storage.checkpoints.find(id))!)).step).toBe(session.step);

    // The next session runs, and the stream of the paused one stays open.
    const other = await easel.sessions.create(LOCAL_VIEWER, request(2));
    expect(await finished({ easel }, other)).toMatchObject({ status: 'COMPLETED' });
    const resumed = eventWhere(channel, (event) => event.session.status === 'QUEUED');
    await easel.stop();

    const reopened = openApplication(storage, { engine });
    await reopened.start();
    expect(await reopened.sessions.find(LOCAL_VIEWER, id)).toMatchObject({ status: 'PAUSED' });
    const again = await reopened.sessions.watch(LOCAL_VIEWER, id, { afterSeq: session.seq });
    await reopened.sessions.resume(LOCAL_VIEWER, id);
    const events = await allEvents(again);
    expect(events.at(-1)).toMatchObject({ seq: 150, gap: false, session: { status: 'COMPLETED', step: 150 } });
    expect(await curve(storage, id)).toEqual(await curve(storage, whole.id));
    const reference = await storage.sessions.find(whole.id);
    expect(events.at(-1)!.session.resultImageId).toBe(reference!.resultImageId);
    expect(await statuses(storage, id)).toEqual(['QUEUED', 'RUNNING', 'PAUSED', 'QUEUED', 'RUNNING', 'COMPLETED']);
    await channel.return();
    await resumed.catch(() => undefined);
  });

  it('takes effect at once on a queued session, which can then be cancelled', async () => {
    const { easel, request } = await openSessionsFixture();
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(2));
    await expect(easel.sessions.resume(LOCAL_VIEWER, id)).rejects.toMatchObject({ code: 'NOT_RESUMABLE' });
    expect(await easel.sessions.pause(LOCAL_VIEWER, id)).toMatchObject({ status: 'PAUSED' });
    expect(await easel.sessions.pause(LOCAL_VIEWER, id)).toMatchObject({ status: 'PAUSED' });
    await easel.start();
    expect(await easel.sessions.cancel(LOCAL_VIEWER, id)).toMatchObject({ status: 'CANCELLED' });
    await expect(easel.sessions.pause(LOCAL_VIEWER, id)).rejects.toMatchObject({ code: 'NOT_PAUSABLE' });
    await expect(easel.sessions.resume(LOCAL_VIEWER, id)).rejects.toMatchObject({ code: 'NOT_RESUMABLE' });
  });

  it('lets one of several racing resumes win, and none beyond the queue limit', async () => {
    const { easel, request } = await openSessionsFixture({ maxQueue: 1 });
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(2));
    await easel.sessions.pause(LOCAL_VIEWER, id);
    const other = await easel.sessions.create(LOCAL_VIEWER, request(2));
    await expect(easel.sessions.resume(LOCAL_VIEWER, id)).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    await easel.sessions.cancel(LOCAL_VIEWER, other.id);
    const attempts = await Promise.allSettled([1, 2, 3].map(() => easel.sessions.resume(LOCAL_VIEWER, id)));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('continuing a session', () => {
  it('gives the same result as a longer session, with Adam', async () => {
    const studio = await openSessionsFixture();
    const { easel, storage, request } = studio;
    await easel.start();
    const whole = await finished(studio, await easel.sessions.create(LOCAL_VIEWER, plain(request(1), 12)));
    const short = await finished(studio, await easel.sessions.create(LOCAL_VIEWER, plain(request(1), 7)));
    const { id } = short;
    const continued = await easel.sessions.continue(LOCAL_VIEWER, id, 5);
    expect(continued).toMatchObject({ status: 'QUEUED', totalSteps: 12, resultImageId: short.resultImageId });
    const end = await finished(studio, continued);
    expect(end).toMatchObject({ status: 'COMPLETED', step: 12, seq: 12, totalSteps: 12, evaluations: 12 });
    expect(end.elapsedMs).toBeGreaterThan(short.elapsedMs);
    expect(await curve(storage, id)).toEqual(await curve(storage, whole.id));
    expect(end.resultImageId).toBe(whole.resultImageId);
    expect(await statuses(storage, id)).toEqual(['QUEUED', 'RUNNING', 'COMPLETED', 'QUEUED', 'RUNNING', 'COMPLETED']);
  });

  it('lowers the losses at the final scale with L-BFGS, also after a cancellation and a killed engine', async () => {
    const studio = await openSessionsFixture({ checkpointMs: 0, engine: 'process' });
    const { easel, storage, request } = studio;
    const asked = { ...request(1), recipe: { size: 64, minScale: 32, steps: ENDLESS } };
    const { id } = await easel.sessions.create(LOCAL_VIEWER, asked);
    const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
    await easel.start();
    await eventWhere(channel, ({ seq }) => seq >= 3);
    await easel.sessions.cancel(LOCAL_VIEWER, id);
    const cancelled = (await allEvents(channel)).at(-1)!.session;
    expect(cancelled).toMatchObject({ status: 'CANCELLED', resultImageId: null });

    await easel.sessions.continue(LOCAL_VIEWER, id, 40);
    const further = await easel.sessions.watch(LOCAL_VIEWER, id, { afterSeq: cancelled.seq });
    await eventWhere(further, ({ seq }) => seq >= cancelled.seq + 5);
    process.kill((easel.engine as EngineProcess).pid!, 'SIGKILL');
    const end = (await allEvents(further)).at(-1)!;
    expect(end.session).toMatchObject({ status: 'COMPLETED', attempt: 1, totalSteps: cancelled.step + 40 });
    const rows = (await lossesOf(storage, id)).filter(({ step }) => step > cancelled.step);
    expect(rows.map(({ step }) => step)).toEqual(rows.map((_, index) => cancelled.step + 1 + index));
    expect(new Set(rows.map(({ scaleIndex }) => scaleIndex))).toEqual(new Set([2]));
    expect(rows.at(-1)!.total).toBeLessThan(rows[0]!.total);
    const result = (await storage.images.find(end.session.resultImageId!))!;
    expect(result).toMatchObject({ width: 64, height: 48 });
  });

  it('requires an ended session with a checkpoint, and lets one of several racing requests win', async () => {
    const studio = await openSessionsFixture();
    const { easel, storage, request } = studio;
    const waiting = await easel.sessions.create(LOCAL_VIEWER, request(2));
    await expect(easel.sessions.continue(LOCAL_VIEWER, waiting.id, 0)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    const refused = expect.objectContaining({ code: 'NOT_CONTINUABLE' }) as Error;
    await expect(easel.sessions.continue(LOCAL_VIEWER, waiting.id, 1)).rejects.toEqual(refused);
    await easel.sessions.cancel(LOCAL_VIEWER, waiting.id);
    await expect(easel.sessions.continue(LOCAL_VIEWER, waiting.id, 1)).rejects.toEqual(refused);
    const failed = await easel.sessions.create(LOCAL_VIEWER, request(2));
    await storage.sessions.transition(failed.id, { from: ['QUEUED'] }, 'FAILED');
    await expect(easel.sessions.continue(LOCAL_VIEWER, failed.id, 1)).rejects.toEqual(refused);

    await easel.start();
    const done = await finished(studio, await easel.sessions.create(LOCAL_VIEWER, request(2)));
    const attempts = await Promise.allSettled([1, 2, 3].map(() => easel.sessions.continue(LOCAL_VIEWER, done.id, 1)));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await finished(studio, done)).toMatchObject({ status: 'COMPLETED', step: 3 });
  });

  it('fails with CHECKPOINT_INVALID if the checkpoint is missing', async () => {
    const studio = await openSessionsFixture();
    const { easel, storage, request } = studio;
    await easel.start();
    const done = await finished(studio, await easel.sessions.create(LOCAL_VIEWER, request(2)));
    await easel.stop();
    const reopened = openApplication(storage);
    await reopened.sessions.continue(LOCAL_VIEWER, done.id, 1);
    await storage.checkpoints.delete(done.id);
    await reopened.start();
    expect(await finished({ easel: reopened }, done)).toMatchObject({
      status: 'FAILED',
      errorCode: 'CHECKPOINT_INVALID',
      resultImageId: done.resultImageId,
    });
  });
});

describe('branching a session', () => {
  it('starts from the recipe, the result or the checkpoint, and outlives its parent', async () => {
    const studio = await openSessionsFixture({ engine });
    const { easel, storage, request } = studio;
    await easel.start();
    const parent = await finished(studio, await easel.sessions.create(LOCAL_VIEWER, plain(request(1), 8)));
    const losses = await lossesOf(storage, parent.id);

    const anew = await easel.sessions.branch(LOCAL_VIEWER, parent.id, {
      from: 'RECIPE',
      recipe: { steps: 8 },
      title: 'Twin',
    });
    expect(anew).toMatchObject({ parentId: parent.id, preset: 'draft', title: 'Twin', continuedFrom: null });
    expect(anew.recipe).toEqual(parent.recipe);
    expect((await finished(studio, anew)).resultImageId).toBe(parent.resultImageId);

    const fromResult = await easel.sessions.branch(LOCAL_VIEWER, parent.id, { from: 'RESULT', recipe: { steps: 2 } });
    expect(fromResult.initialImageId).toBe(parent.resultImageId);
    await finished(studio, fromResult);
    const again = await easel.sessions.branch(LOCAL_VIEWER, fromResult.id, { from: 'RECIPE' });
    expect(again.initialImageId).toBe(parent.resultImageId);
    const noise = await easel.sessions.branch(LOCAL_VIEWER, fromResult.id, {
      from: 'RECIPE',
      recipe: { initialImage: 'NOISE' },
    });
    expect(noise.initialImageId).toBeNull();

    const fromState = await easel.sessions.branch(LOCAL_VIEWER, parent.id, {
      from: 'CHECKPOINT',
      recipe: { steps: 3, optimizer: 'LBFGS' },
    });
    expect(fromState).toMatchObject({ continuedFrom: 0, totalSteps: 3, step: 0 });
    // The checkpoint of a branch can start another branch.
    const end = await finished(studio, fromState);
    expect(end).toMatchObject({ status: 'COMPLETED', step: 3, seq: 3 });
    const second = await easel.sessions.branch(LOCAL_VIEWER, fromState.id, { from: 'CHECKPOINT' });
    expect(await finished(studio, second)).toMatchObject({ status: 'COMPLETED', step: 3 });
    const [before] = losses;
    for (const row of await lossesOf(storage, fromState.id)) expect(row.total).toBeLessThan(before!.total);
    // The 8-bit result starts with nearly the same loss as the exact checkpoint.
    const [state] = await lossesOf(storage, fromState.id);
    expect(Math.abs(state!.total / losses.at(-1)!.total - 1)).toBeLessThan(0.5);

    await easel.sessions.delete(LOCAL_VIEWER, parent.id);
    expect(await storage.sessions.find(fromState.id)).toMatchObject({ parentId: null, status: 'COMPLETED' });
    // Other sessions started from its result.
    expect(await storage.images.find(parent.resultImageId!)).not.toBeNull();
  });

  it('refuses a start that does not fit, and writes nothing', async () => {
    const studio = await openSessionsFixture();
    const { easel, storage, request } = studio;
    const waiting = await easel.sessions.create(LOCAL_VIEWER, request(2));
    const refusal = async (work: Promise<unknown>) =>
      await work.then(
        () => [],
        (error: { errors?: { code: string; field: string }[]; code: string; field: string }) =>
          (error.errors ?? [error]).map(({ code, field }) => [code, field]),
      );
    const branch = (input: Parameters<typeof easel.sessions.branch>[2]) =>
      refusal(easel.sessions.branch(LOCAL_VIEWER, waiting.id, input));
    expect(await branch({ from: 'RESULT' })).toEqual([['NO_RESULT', 'from']]);
    expect(await branch({ from: 'CHECKPOINT' })).toEqual([['NO_CHECKPOINT', 'from']]);
    expect(await branch({ from: 'RECIPE', preset: 'van-gogh' })).toEqual([['PRESET_NOT_FOUND', 'preset']]);
    expect(await branch({ from: 'CHECKPOINT', recipe: { size: 32, network: 'vgg19-half' } })).toEqual([
      ['CHECKPOINT_MISMATCH', 'recipe.size'],
      ['CHECKPOINT_MISMATCH', 'recipe.network'],
    ]);
    expect(await storage.sessions.count()).toBe(1);
    expect(await storage.checkpoints.sessionIds()).toEqual([]);
  });
});

describe('deleting a session', () => {
  const blobCount = async (storage: Storage) => {
    let count = 0;
    for await (const keys of storage.blobs.list()) count += keys.length;
    return count;
  };

  it('ends a running session first, sends its subscribers the last status, and leaves no data', async () => {
    const { easel, storage, request } = await openSessionsFixture({ checkpointMs: 0, imageGraceMs: 0 });
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(ENDLESS));
    const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
    await easel.start();
    await eventWhere(channel, ({ seq }) => seq >= 5);
    const [deleted, again] = await Promise.allSettled([
      easel.sessions.delete(LOCAL_VIEWER, id),
      easel.sessions.delete(LOCAL_VIEWER, id),
    ]);
    const outcomes = [deleted, again].map(({ status }) => status).sort();
    expect(outcomes).toEqual(['fulfilled', 'rejected']);
    expect((await allEvents(channel)).at(-1)!.session.status).toBe('CANCELLED');
    expect(await storage.sessions.find(id)).toBeNull();
    expect(await lossesOf(storage, id)).toEqual([]);
    expect(await storage.sessions.statusHistories([id])).toEqual(new Map());
    expect(await storage.checkpoints.sessionIds()).toEqual([]);
    expect(easel.hub.latest(id)).toBeNull();
    expect(await blobCount(storage)).toBe(0);
    await expect(easel.sessions.watch(LOCAL_VIEWER, id, {})).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('deletes its result at once, but no recent upload and no image in use', async () => {
    const studio = await openSessionsFixture();
    const { easel, storage, request } = studio;
    await easel.start();
    const [first, twin] = [
      await finished(studio, await easel.sessions.create(LOCAL_VIEWER, request(2))),
      await finished(studio, await easel.sessions.create(LOCAL_VIEWER, request(2))),
    ];
    expect(twin.resultImageId).toBe(first.resultImageId);
    await easel.sessions.delete(LOCAL_VIEWER, first.id);
    expect(await storage.images.find(twin.resultImageId!)).not.toBeNull();
    await easel.sessions.delete(LOCAL_VIEWER, twin.id);
    expect(await storage.images.find(twin.resultImageId!)).toBeNull();
    expect(await blobCount(storage)).toBe(2);
    expect(await storage.images.find(request(1).contentImageId)).not.toBeNull();
  });

  it('leaves unused uploads to garbage collection; a repeated upload restarts the grace period', async () => {
    const { storage, easel, request } = await openSessionsFixture();
    const images = new ImageService(storage, LIMITS.maxBytes);
    const bytes = await photo(50, 40).png().toBuffer();
    const { id, sha256 } = await images.upload(LOCAL_VIEWER, bytes);
    const used = await easel.sessions.create(LOCAL_VIEWER, request(1));
    const before = new Date();
    await images.upload(LOCAL_VIEWER, bytes);
    expect(await storage.images.deleteUnused({ storedBefore: new Date(before.getTime() - 1) })).toMatchObject({
      images: 0,
    });
    expect(await storage.images.find(id)).not.toBeNull();
    expect(await storage.images.deleteUnused({ storedBefore: new Date() })).toMatchObject({ images: 1, blobs: 1 });
    expect(await hasBlob(storage, sha256)).toBe(false);
    expect(await storage.images.find(used.contentImageId)).not.toBeNull();
    const orphan = await storage.blobs.put(Buffer.from('left behind'));
    expect(await storage.images.deleteStrayBlobs(new Date(0))).toMatchObject({ blobs: 0 });
    expect(await storage.images.deleteStrayBlobs(new Date(Date.now() + 1000))).toMatchObject({ blobs: 1, bytes: 11 });
    expect(await hasBlob(storage, orphan)).toBe(false);
  });

  it('never deletes the bytes of an image that is stored at the same time', async () => {
    const { storage } = await openSessionsFixture();
    const images = new ImageService(storage, LIMITS.maxBytes);
    const bytes = await photo(30, 30).png().toBuffer();
    for (let round = 0; round < 20; round += 1) {
      const [image] = await Promise.all([
        images.upload(LOCAL_VIEWER, bytes),
        storage.images.deleteUnused({ storedBefore: new Date(Date.now() + 60_000) }),
        storage.images.deleteStrayBlobs(new Date(Date.now() + 60_000)),
      ]);
      const row = await storage.images.find(image.id);
      if (row) expect(await hasBlob(storage, row.sha256)).toBe(true);
    }
  });
});

describe('an idempotency key', () => {
  it('creates one session for equal requests, also if they race, and refuses other inputs', async () => {
    const { easel, storage, request } = await openSessionsFixture();
    const asked = request(2);
    const made = await Promise.all([1, 2, 3, 4].map(() => easel.sessions.create(LOCAL_VIEWER, asked, 'key')));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    // An equal input with its fields in another order.
    const reordered = { preset: 'draft', ...asked, recipe: { steps: 2, size: 48, colors: undefined } };
    expect((await easel.sessions.create(LOCAL_VIEWER, reordered, 'key')).id).toBe(made[0]!.id);
    await expect(easel.sessions.create(LOCAL_VIEWER, request(3), 'key')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
      field: 'idempotencyKey',
    });
    const branch = () => easel.sessions.branch(LOCAL_VIEWER, made[0]!.id, { from: 'RECIPE', idempotencyKey: 'branch' });
    const [one, two] = await Promise.all([branch(), branch()]);
    expect(one.id).toBe(two.id);
    expect(await storage.sessions.count()).toBe(2);
    await expect(easel.sessions.create(LOCAL_VIEWER, asked, '')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(easel.sessions.create(LOCAL_VIEWER, asked, 'x'.repeat(201))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('creates one session for equal requests that race for the last slot in the queue', async () => {
    const { easel, request } = await openSessionsFixture({ maxQueue: 1 });
    const made = await Promise.all([1, 2, 3].map(() => easel.sessions.create(LOCAL_VIEWER, request(2), 'key')));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  });

  it('belongs to its owner', async () => {
    const { easel, request } = await openSessionsFixture();
    const admin = { ownerId: 'somebody', isAdmin: true };
    const mine = await easel.sessions.create(LOCAL_VIEWER, request(2), 'key');
    expect((await easel.sessions.create(admin, request(2), 'key')).id).not.toBe(mine.id);
  });
});

it('deletes no image that any relation of the model uses', async () => {
  const schema = await readFile(path.join(import.meta.dirname, '../../prisma/schema.prisma'), 'utf8');
  const model = /^model Image \{(.*?)^\}/ms.exec(schema)![1]!;
  const relations = [...model.matchAll(/^ {2}(\w+)\s+\w+\[\]/gm)].map(([, name]) => name!);
  expect(relations.length).toBeGreaterThanOrEqual(4);
  expect(Object.keys(UNUSED).sort()).toEqual(relations.sort());
});

it('only the owner and admins can change a session', async () => {
  const { easel, request } = await openSessionsFixture();
  const { id } = await easel.sessions.create(LOCAL_VIEWER, request(2));
  const stranger = { ownerId: 'stranger', isAdmin: false };
  const attempts = [
    easel.sessions.pause(stranger, id),
    easel.sessions.resume(stranger, id),
    easel.sessions.continue(stranger, id, 1),
    easel.sessions.branch(stranger, id, { from: 'RECIPE' }),
    easel.sessions.delete(stranger, id),
  ];
  for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  expect(await easel.sessions.get(LOCAL_VIEWER, id)).toMatchObject({ status: 'QUEUED' });
  expect(await easel.sessions.delete({ ownerId: 'boss', isAdmin: true }, id)).toBe(id);
});
