import { describe, expect, it } from 'vitest';
import type { LossRow, SessionRow } from '../../src/storage/index.js';
import { addImage, addSession, lossesOf, temporaryStorage } from './support.js';

const UNKNOWN = 'ses_unknown';

function losses(fromSeq: number, toSeq: number, stepOffset = 0): LossRow[] {
  return Array.from({ length: toSeq - fromSeq + 1 }, (_, index) => ({
    seq: fromSeq + index,
    step: fromSeq + index + stepOffset,
    scaleIndex: 0,
    total: 1 / (fromSeq + index),
    content: 0.25,
    style: 1e-6,
    totalVariation: 0,
    elapsedMs: 12.5 * (fromSeq + index),
  }));
}

const at = (seq: number) => ({ step: seq, seq, elapsedMs: seq * 12.5, evaluations: seq + 3 });

describe('create and find', () => {
  it('returns what was given, queued, with the styles in their order', async () => {
    const storage = await temporaryStorage();
    const [one, two] = [await addImage(storage, '1'.repeat(64)), await addImage(storage, '2'.repeat(64))];
    const styles = [
      { imageId: two.id, weight: 3, scale: 1 },
      { imageId: one.id, weight: 1, scale: 2 },
      { imageId: two.id, weight: 0.5, scale: 1 },
    ];
    const created = await addSession(storage, { title: 'A title', styles });
    expect(created).toMatchObject({ title: 'A title', status: 'QUEUED', step: 0, seq: 0, attempt: 0, styles });
    expect(created.id).toMatch(/^ses_[0-9a-f]{32}$/);
    expect(await storage.sessions.find(created.id)).toEqual(created);
    expect(await storage.sessions.findMany([created.id, UNKNOWN])).toEqual([created]);
    expect(await storage.sessions.find(UNKNOWN)).toBeNull();
  });

  it('refuses a session whose picture does not exist', async () => {
    const storage = await temporaryStorage();
    await expect(addSession(storage, { contentImageId: 'img_unknown' })).rejects.toThrow();
    expect(await storage.sessions.count()).toBe(0);
  });
});

describe('page', () => {
  it('walks all sessions newest first, each once, even those of one millisecond', async () => {
    const storage = await temporaryStorage();
    const created = await Promise.all(Array.from({ length: 25 }, () => addSession(storage)));
    const seen: SessionRow[] = [];
    for (;;) {
      const rows = await storage.sessions.page({ limit: 4, after: seen.at(-1) });
      if (rows.length === 0) break;
      seen.push(...rows);
    }
    const newestFirst = [...created].sort(
      (a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1),
    );
    expect(seen.map((row) => row.id)).toEqual(newestFirst.map((row) => row.id));
  });

  it('filters by status', async () => {
    const storage = await temporaryStorage();
    const [first] = [await addSession(storage), await addSession(storage)];
    await storage.sessions.transition(first.id, { from: ['QUEUED'] }, 'CANCELLED');
    const ids = async (status: 'QUEUED' | 'CANCELLED') =>
      (await storage.sessions.page({ limit: 9, statuses: [status] })).map((row) => row.id);
    expect(await ids('CANCELLED')).toEqual([first.id]);
    expect(await ids('QUEUED')).not.toContain(first.id);
    expect(await storage.sessions.count({ statuses: ['CANCELLED', 'FAILED'] })).toBe(1);
    expect(await storage.sessions.count()).toBe(2);
  });
});

describe('the queue', () => {
  it('is in order of queuedAt, and re-queueing puts a session at the end', async () => {
    const storage = await temporaryStorage();
    const [a, b] = [await addSession(storage), await addSession(storage)];
    const queue = (session: SessionRow, seconds: number) =>
      storage.sessions.transition(session.id, { from: ['QUEUED', 'PAUSED'] }, 'QUEUED', {
        queuedAt: new Date(seconds * 1000),
      });
    const first = (await queue(a, 10))!;
    const second = (await queue(b, 20))!;
    const positions = async () => Object.fromEntries(await storage.sessions.queuePositions([a.id, b.id, UNKNOWN]));
    expect(await positions()).toEqual({ [first.id]: 0, [second.id]: 1 });
    expect((await storage.sessions.oldestQueued())?.id).toBe(a.id);
    await queue(a, 30);
    expect(await positions()).toEqual({ [a.id]: 1, [b.id]: 0 });
    expect((await storage.sessions.oldestQueued())?.id).toBe(b.id);
  });

  it('is empty at first', async () => {
    const storage = await temporaryStorage();
    expect(await storage.sessions.oldestQueued()).toBeNull();
  });
});

describe('transition', () => {
  it('has exactly one winner among many at once', async () => {
    const storage = await temporaryStorage();
    const { id } = await addSession(storage);
    const claims = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        storage.sessions.transition(id, { from: ['QUEUED'] }, 'RUNNING', { claimToken: `token-${n}`, attempt: 1 }),
      ),
    );
    const winners = claims.filter((claim) => claim !== null);
    expect(winners).toHaveLength(1);
    expect(await storage.sessions.find(id)).toEqual(winners[0]);
  });

  it('has exactly one winner among different ends', async () => {
    const storage = await temporaryStorage();
    const { id } = await addSession(storage);
    await storage.sessions.transition(id, { from: ['QUEUED'] }, 'RUNNING', { claimToken: 'mine' });
    const ends = await Promise.all(
      (['COMPLETED', 'CANCELLED', 'FAILED', 'PAUSED'] as const).map((to) =>
        storage.sessions.transition(id, { from: ['RUNNING'], claimToken: 'mine' }, to),
      ),
    );
    expect(ends.filter((end) => end !== null)).toHaveLength(1);
  });

  it('is refused to a stale token, from another status and for an unknown session', async () => {
    const storage = await temporaryStorage();
    const { sessions } = storage;
    const { id } = await addSession(storage);
    await sessions.transition(id, { from: ['QUEUED'] }, 'RUNNING', { claimToken: 'new' });
    expect(await sessions.transition(id, { from: ['RUNNING'], claimToken: 'old' }, 'COMPLETED')).toBeNull();
    expect(await sessions.transition(id, { from: ['QUEUED', 'PAUSED'] }, 'CANCELLED')).toBeNull();
    expect(await sessions.transition(UNKNOWN, { from: ['QUEUED'] }, 'CANCELLED')).toBeNull();
    expect((await sessions.find(id))?.status).toBe('RUNNING');
  });

  it('sets its changes, nulls among them, and keeps the rest', async () => {
    const { sessions, ...rest } = await temporaryStorage();
    const { id } = await addSession({ sessions, ...rest }, { title: 'Kept' });
    const startedAt = new Date('2026-01-02T03:04:05.678Z');
    await sessions.transition(id, { from: ['QUEUED'] }, 'RUNNING', { claimToken: 'mine', startedAt, backend: 'onnx' });
    const paused = await sessions.transition(id, { from: ['RUNNING'] }, 'PAUSED', { claimToken: null });
    expect(paused).toMatchObject({ title: 'Kept', status: 'PAUSED', claimToken: null, startedAt, backend: 'onnx' });
    expect(paused?.styles).toHaveLength(1);
  });
});

describe('requestCancel', () => {
  it('marks a running session only', async () => {
    const storage = await temporaryStorage();
    const { sessions } = storage;
    const { id } = await addSession(storage);
    expect(await sessions.requestCancel(id)).toBe(false);
    await sessions.transition(id, { from: ['QUEUED'] }, 'RUNNING');
    expect(await sessions.requestCancel(id)).toBe(true);
    expect((await sessions.find(id))?.cancelRequested).toBe(true);
  });
});

describe('recordProgress', () => {
  it('writes the losses and moves the session forward', async () => {
    const storage = await temporaryStorage();
    const { sessions } = storage;
    const { id } = await addSession(storage);
    await sessions.transition(id, { from: ['QUEUED'] }, 'RUNNING', { claimToken: 'mine' });
    expect((await storage.losses.last([id])).size).toBe(0);
    expect(await sessions.recordProgress(id, 'mine', losses(1, 3), at(3))).toBe(true);
    expect(await sessions.recordProgress(id, 'mine', [], at(3))).toBe(true);
    expect(await sessions.recordProgress(id, 'mine', losses(4, 5), at(5))).toBe(true);
    expect(await lossesOf(storage, id)).toEqual(losses(1, 5));
    expect(await storage.losses.parts([{ sessionId: id, afterSeq: 1, limit: 2 }])).toEqual([losses(2, 3)]);
    expect((await storage.losses.last([id])).get(id)).toEqual(losses(5, 5)[0]);
    expect(await sessions.find(id)).toMatchObject(at(5));
  });

  it('writes nothing for a stale token', async () => {
    const storage = await temporaryStorage();
    const { sessions } = storage;
    const { id } = await addSession(storage);
    await sessions.transition(id, { from: ['QUEUED'] }, 'RUNNING', { claimToken: 'new' });
    expect(await sessions.recordProgress(id, 'old', losses(1, 3), at(3))).toBe(false);
    expect(await lossesOf(storage, id)).toEqual([]);
    expect((await sessions.find(id))?.seq).toBe(0);
  });

  it('replaces the steps that a resumed run repeats', async () => {
    const storage = await temporaryStorage();
    const { sessions } = storage;
    const { id } = await addSession(storage);
    await sessions.transition(id, { from: ['QUEUED'] }, 'RUNNING', { claimToken: 'mine' });
    await sessions.recordProgress(id, 'mine', losses(1, 10), at(10));
    // Resumed at step 7 with its seq going on: record 11 is step 8 again.
    await sessions.recordProgress(id, 'mine', losses(11, 12, -3), { ...at(12), step: 9 });
    expect((await lossesOf(storage, id)).map((row) => row.step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('takes thousands of records at once, and writers at once do not disturb each other', async () => {
    const storage = await temporaryStorage();
    const rows = await Promise.all(Array.from({ length: 8 }, () => addSession(storage)));
    await Promise.all(
      rows.map(async ({ id }, index) => {
        await storage.sessions.transition(id, { from: ['QUEUED'] }, 'RUNNING', { claimToken: id });
        await storage.sessions.recordProgress(id, id, losses(1, index === 0 ? 5000 : 50), at(50));
        await storage.sessions.transition(id, { from: ['RUNNING'], claimToken: id }, 'COMPLETED');
      }),
    );
    expect(await storage.sessions.count({ statuses: ['COMPLETED'] })).toBe(8);
    expect(await lossesOf(storage, rows[0]!.id)).toHaveLength(5000);
    expect(await lossesOf(storage, rows[7]!.id)).toHaveLength(50);
  });
});
