import { readFile, utimes, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, type EngineProcess } from '../../src/engine/index.js';
import type { ProgressChannel } from '../../src/progress/progress-channel.js';
import type { Storage } from '../../src/storage/index.js';
import { lossesOf } from '../storage/support.js';
import {
  allEvents,
  ENDLESS,
  eventWhere,
  openApplication,
  openSessionsFixture,
  sharedEngineProcess,
  type SessionsFixture,
} from '../support/sessions.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';

const engine = sharedEngineProcess();

/** A session in the state in which a process leaves it that is killed during the run. */
async function abandonedSession({ easel, storage, request }: SessionsFixture, changes = {}) {
  const { id } = await easel.sessions.create(LOCAL_VIEWER, request(3));
  const loss = { scaleIndex: 0, total: 1, content: 0, style: 1, totalVariation: 0, elapsedMs: 50 };
  await storage.sessions.transition(id, { from: ['QUEUED'] }, 'RUNNING', { claimToken: 'dead', ...changes });
  const at = { step: 2, seq: 2, elapsedMs: 50, evaluations: 2 };
  await storage.sessions.recordProgress(
    id,
    'dead',
    [
      { seq: 1, step: 1, ...loss },
      { seq: 2, step: 2, ...loss },
    ],
    at,
  );
  return id;
}

/** The stored loss curve. */
async function curve(storage: Storage, id: string) {
  const rows = await lossesOf(storage, id);
  return rows.map(({ step, total, content, style }) => ({ step, total, content, style }));
}

/** Waits for a checkpoint of a running session; returns its step. */
async function checkpointedStep(storage: Storage, channel: ProgressChannel, id: string): Promise<number> {
  for (;;) {
    await channel.next();
    const file = await storage.checkpoints.find(id);
    if (file) return decodeCheckpoint(await readFile(file)).step;
  }
}

/** Checks that the losses up to the step were written by the first attempt. */
async function expectKept(storage: Storage, id: string, step: number): Promise<void> {
  const rows = (await lossesOf(storage, id)).slice(0, step);
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((row) => row.step));
}

describe('a run', () => {
  it('ends with a stored result, the whole loss curve and one last event', async () => {
    const { easel, storage, request } = await openSessionsFixture({ engine });
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(6));
    const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
    await easel.start();
    const events = await allEvents(channel);
    const last = events.at(-1)!;
    expect(events.map(({ session }) => session.status).filter((status) => status === 'COMPLETED')).toHaveLength(1);
    expect(last).toMatchObject({ seq: 6, gap: false, session: { status: 'COMPLETED', step: 6, backend: 'onnx-cpu' } });
    expect(last.progress!.losses.layers.length).toBeGreaterThan(0);
    const result = (await storage.images.find(last.session.resultImageId!))!;
    expect(result).toMatchObject({ width: 48, height: 36, format: 'png' });
    expect(last.frame).toMatchObject({ path: `/images/${result.id}`, width: 48 });
    expect((await last.frame!.encode(32)).width).toBe(32);
    const curve = await lossesOf(storage, id);
    expect(curve.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(curve.at(-1)!.total).toBeCloseTo(last.progress!.losses.total);
  });

  it('starts after the previous one, in the order of the queue', async () => {
    const { easel, storage, request } = await openSessionsFixture();
    await easel.start();
    const first = await easel.sessions.create(LOCAL_VIEWER, request(2));
    const second = await easel.sessions.create(LOCAL_VIEWER, request(2));
    await allEvents(await easel.sessions.watch(LOCAL_VIEWER, second.id, {}));
    const rows = await storage.sessions.findMany([first.id, second.id]);
    expect(rows.map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED']);
    const finishedAt = (id: string) => rows.find((row) => row.id === id)!.finishedAt!.getTime();
    expect(finishedAt(first.id)).toBeLessThanOrEqual(finishedAt(second.id));
  });

  it('sends previews to subscribers that want them', async () => {
    const { easel, request } = await openSessionsFixture();
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(ENDLESS));
    const channel = await easel.sessions.watch(LOCAL_VIEWER, id, { previews: true });
    await easel.start();
    const { frame } = await eventWhere(channel, (event) => event.frame !== null);
    const found = (await easel.sessions.findPreview(LOCAL_VIEWER, id, frame!.seq, 32))!;
    expect(found).toMatchObject({ mimeType: 'image/jpeg', exact: true });
    expect(await frame!.dataUri(32)).toBe(`data:image/jpeg;base64,${Buffer.from(found.bytes).toString('base64')}`);
    expect(await easel.sessions.findPreview(LOCAL_VIEWER, id, ENDLESS + 1, 32)).toBeNull();
  });

  it('ends within a step of its cancellation, with every loss so far', async () => {
    const { easel, storage, request } = await openSessionsFixture();
    // Steps that are long compared with the database accesses of a cancellation.
    const { id } = await easel.sessions.create(LOCAL_VIEWER, {
      ...request(ENDLESS),
      recipe: { size: 384, steps: ENDLESS },
    });
    const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
    await easel.start();
    await eventWhere(channel, ({ seq }) => seq > 0);
    await easel.sessions.cancel(LOCAL_VIEWER, id);
    const { seq } = easel.hub.latest(id)!;
    const end = await eventWhere(channel, ({ session }) => session.status === 'CANCELLED');
    expect(end.seq).toBeLessThanOrEqual(seq + 2);
    expect(await lossesOf(storage, id)).toHaveLength(end.seq);
    await expect(easel.sessions.cancel(LOCAL_VIEWER, id)).resolves.toMatchObject({ status: 'CANCELLED' });
  });

  it('resumes from its checkpoint when the engine was killed, to the same losses', async () => {
    const { easel, storage, request } = await openSessionsFixture({ checkpointMs: 0, engine: 'process' });
    // Long enough for a busy machine to see the checkpoint before the run ends.
    const whole = await easel.sessions.create(LOCAL_VIEWER, request(250));
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(250));
    const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
    await easel.start();
    const step = await checkpointedStep(storage, channel, id);
    process.kill((easel.engine as EngineProcess).pid!, 'SIGKILL');
    const end = (await allEvents(channel)).at(-1)!;
    expect(end).toMatchObject({ gap: false, session: { status: 'COMPLETED', step: 250, attempt: 1 } });
    expect(await curve(storage, id)).toEqual(await curve(storage, whole.id));
    await expectKept(storage, id, step);
  });

  it('fails with ENGINE_CRASHED if the engine dies every time, and the next session runs', async () => {
    const { easel, request } = await openSessionsFixture({ engine: 'process' });
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(ENDLESS));
    const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
    const next = await easel.sessions.create(LOCAL_VIEWER, request(1));
    await easel.start();
    for (let seq = 0, attempt = 0; attempt < 3; attempt++) {
      ({ seq } = await eventWhere(channel, (event) => event.seq > seq));
      expect(easel.hub.latest(id)!.session.attempt).toBe(attempt);
      process.kill((easel.engine as EngineProcess).pid!, 'SIGKILL');
      if (attempt < 2) ({ seq } = await eventWhere(channel, ({ session }) => session.status === 'QUEUED'));
    }
    const end = (await allEvents(channel)).at(-1)!;
    expect(end.session).toMatchObject({ status: 'FAILED', errorCode: 'ENGINE_CRASHED' });
    const events = await allEvents(await easel.sessions.watch(LOCAL_VIEWER, next.id, {}));
    expect(events.at(-1)!.session.status).toBe('COMPLETED');
  });
});

describe('a restart', () => {
  it('in order resumes the stopped run, to the same losses and result', async () => {
    const { easel, storage, request } = await openSessionsFixture({ engine });
    const whole = await easel.sessions.create(LOCAL_VIEWER, request(100));
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(100));
    const channel = await easel.sessions.watch(LOCAL_VIEWER, id, {});
    await easel.start();
    await eventWhere(channel, ({ seq }) => seq > 0);
    const requeued = eventWhere(channel, ({ session }) => session.status === 'QUEUED');
    await easel.stop();
    const { seq, session } = await requeued;
    expect(session).toMatchObject({ step: seq, attempt: 0 });
    expect(seq).toBeLessThan(100);

    const reopened = openApplication(storage, { engine });
    const resumed = await reopened.sessions.watch(LOCAL_VIEWER, id, { afterSeq: seq });
    await reopened.start();
    const end = (await allEvents(resumed)).at(-1)!;
    // No step was repeated.
    expect(end).toMatchObject({ seq: 100, gap: false, session: { status: 'COMPLETED', step: 100 } });
    expect(await curve(storage, id)).toEqual(await curve(storage, whole.id));
    const reference = await storage.sessions.find(whole.id);
    expect(end.session.resultImageId).toBe(reference!.resultImageId);
  });

  it('starts a session over if its checkpoint is damaged', async () => {
    const { easel, storage, request } = await openSessionsFixture();
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(3));
    const file = storage.checkpoints.newFile();
    await writeFile(file, 'no checkpoint');
    await storage.checkpoints.keep(id, file);
    await easel.start();
    const end = (await allEvents(await easel.sessions.watch(LOCAL_VIEWER, id, {}))).at(-1)!;
    expect(end).toMatchObject({ seq: 3, session: { status: 'COMPLETED', attempt: 0 } });
  });

  it('deletes the checkpoints of deleted sessions after the grace period, and no others', async () => {
    const { easel, storage, request } = await openSessionsFixture();
    const { id } = await easel.sessions.create(LOCAL_VIEWER, request(3));
    await easel.sessions.cancel(LOCAL_VIEWER, id);
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
    for (const [owner, keptAt] of [
      [id, twoDaysAgo],
      ['ses_old', twoDaysAgo],
      ['ses_new', new Date()],
    ] as const) {
      const file = storage.checkpoints.newFile();
      await writeFile(file, 'left over');
      await storage.checkpoints.keep(owner, file);
      await utimes((await storage.checkpoints.find(owner))!, keptAt, keptAt);
    }
    await easel.garbage.collect();
    expect((await storage.checkpoints.sessionIds()).sort()).toEqual([id, 'ses_new'].sort());
  });

  it('after a crash requeues the session with new record numbers, and reports the gap', async () => {
    const studio = await openSessionsFixture();
    const { easel, storage } = studio;
    const id = await abandonedSession(studio);
    await easel.start();
    const events = await allEvents(await easel.sessions.watch(LOCAL_VIEWER, id, { afterSeq: 2 }));
    expect(events[0]!.gap).toBe(true);
    // 2 records were written, and the dead run can have published at most 3 more.
    expect(events.at(-1)).toMatchObject({
      seq: 2 + 3 + 3,
      session: { status: 'COMPLETED', attempt: 1 },
    });
    expect((await lossesOf(storage, id)).map(({ step }) => step)).toEqual([1, 2, 3]);
  });

  it('fails a session whose process died three times', async () => {
    const studio = await openSessionsFixture();
    const id = await abandonedSession(studio, { attempt: 2 });
    await studio.easel.start();
    expect(await studio.easel.sessions.find(LOCAL_VIEWER, id)).toMatchObject({
      status: 'FAILED',
      errorCode: 'ATTEMPTS_EXHAUSTED',
    });
  });

  it('pauses a session whose requested pause was not carried out', async () => {
    const studio = await openSessionsFixture();
    const id = await abandonedSession(studio, { pauseRequested: true });
    await studio.easel.start();
    expect(await studio.easel.sessions.find(LOCAL_VIEWER, id)).toMatchObject({
      status: 'PAUSED',
      pauseRequested: false,
      seq: 2 + 3,
    });
  });

  it('cancels a session whose requested cancellation was not carried out', async () => {
    const studio = await openSessionsFixture();
    const id = await abandonedSession(studio, { cancelRequested: true });
    await studio.easel.start();
    expect(await studio.easel.sessions.find(LOCAL_VIEWER, id)).toMatchObject({ status: 'CANCELLED' });
  });
});
