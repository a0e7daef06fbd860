import { describe, expect, it } from 'vitest';
import type { LossRow, Storage } from '../../src/storage/index.js';
import { addSession, temporaryStorage, lossesOf } from './support.js';

/** A curve whose totals are as given, one a step. */
async function addCurve(storage: Storage, totals: readonly number[]): Promise<{ id: string; rows: LossRow[] }> {
  const { id } = await addSession(storage);
  await storage.sessions.transition(id, { from: ['QUEUED'] }, 'RUNNING', { claimToken: 'mine' });
  const rows = totals.map((total, index) => ({
    seq: 10 + index,
    step: 1 + index,
    scaleIndex: 0,
    total,
    content: 0.5,
    style: total,
    totalVariation: 0,
    elapsedMs: index,
  }));
  await storage.sessions.recordProgress(id, 'mine', rows, { step: 1, seq: 1, elapsedMs: 1, evaluations: 1 });
  return { id, rows: await lossesOf(storage, id) };
}

describe('loss curves', () => {
  it('come thinned out with what sticks out of them, several at once', async () => {
    const storage = await temporaryStorage();
    const decay = Array.from({ length: 1000 }, (_, index) => 1e9 / (index + 1) ** 2);
    decay[700] = 5e6;
    decay[801] = 1e-3;
    const long = await addCurve(storage, decay);
    const short = await addCurve(storage, [3, 2, 1]);
    const empty = await addSession(storage);
    const curves = await storage.losses.curves([long.id, short.id, empty.id], 21);
    expect(curves.get(short.id)).toEqual(short.rows);
    expect(curves.has(empty.id)).toBe(false);
    const thinned = curves.get(long.id)!;
    expect(thinned.length).toBeLessThanOrEqual(21);
    expect(thinned.length).toBeGreaterThan(15);
    const steps = thinned.map(({ step }) => step);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(steps).toEqual(expect.arrayContaining([1, 701, 802, 1000]));
    for (const point of thinned) expect(point).toEqual(long.rows[point.step - 1]);
    // Every ninth of the steps keeps its lowest and highest total.
    for (let span = 0; span < 9; span += 1) {
      const part = long.rows.filter(({ step }) => Math.floor(((step - 1) * 9) / 1000) === span);
      const [low, high] = [Math.min(...part.map(({ total }) => total)), Math.max(...part.map(({ total }) => total))];
      const kept = thinned.map(({ total }) => total);
      expect(kept).toEqual(expect.arrayContaining([low, high]));
    }
    expect((await storage.losses.curves([long.id], 4)).get(long.id)!.map(({ step }) => step)).toEqual([1, 802, 1000]);
  });

  it('come in parts, each request its own, and by their ends', async () => {
    const storage = await temporaryStorage();
    const a = await addCurve(storage, [5, 4, 3, 2, 1]);
    const b = await addCurve(storage, [9, 8]);
    const none = await addSession(storage);
    const request = (sessionId: string, afterSeq: number, limit: number) => ({ sessionId, afterSeq, limit });
    const parts = [request(a.id, 11, 2), request(b.id, 0, 9), request(none.id, 0, 9), request(a.id, 0, 1)];
    expect(await storage.losses.parts(parts)).toEqual([a.rows.slice(2, 4), b.rows, [], a.rows.slice(0, 1)]);
    expect(await storage.losses.parts([])).toEqual([]);
    const last = await storage.losses.last([a.id, b.id, none.id]);
    expect(last).toEqual(
      new Map([
        [a.id, a.rows.at(-1)],
        [b.id, b.rows.at(-1)],
      ]),
    );
  });
});

describe('timelapse frames', () => {
  it('are written only under the claim, in place of those that are not kept', async () => {
    const storage = await temporaryStorage();
    const { id } = await addSession(storage);
    await storage.sessions.transition(id, { from: ['QUEUED'] }, 'RUNNING', { claimToken: 'mine' });
    const frame = (seq: number) => ({
      sessionId: id,
      seq,
      step: seq,
      sha256: String(seq).padStart(64, '0'),
      width: 8,
      height: 6,
      byteSize: 99,
    });
    const stored = async () => (await storage.timelapses.framesOf([id])).get(id)?.map(({ seq }) => seq) ?? [];
    expect(await storage.timelapses.record(frame(1), 'stale', [1])).toBe(false);
    expect(await stored()).toEqual([]);
    for (const seq of [1, 2, 3]) expect(await storage.timelapses.record(frame(seq), 'mine', [1, 2, 3])).toBe(true);
    expect(await stored()).toEqual([1, 2, 3]);
    expect(await storage.timelapses.record(frame(5), 'mine', [1, 3, 5])).toBe(true);
    expect(await stored()).toEqual([1, 3, 5]);
    expect(await storage.timelapses.record(frame(5), 'mine', [1, 3, 5])).toBe(true);
    expect(await storage.timelapses.find(id, 5)).toEqual(frame(5));
    expect(await storage.timelapses.find(id, 2)).toBeNull();
  });
});
