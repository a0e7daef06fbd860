import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PreviewFrame } from '../../src/progress/preview-frame.js';
import type { ProgressChannel } from '../../src/progress/progress-channel.js';
import { ProgressHub } from '../../src/progress/hub.js';
import type { ProgressEvent, StoredProgress } from '../../src/progress/progress.js';
import { deferred } from '../support/deferred.js';
import { sessionRow, stepRecord } from '../support/rows.js';

const RING = 16;
const encode = vi.fn((maxSide: number) =>
  Promise.resolve({ bytes: Buffer.from([maxSide]), mimeType: 'image/jpeg', width: maxSide, height: maxSide }),
);
const frame = (seq: number) => new PreviewFrame(seq, `/frames/${seq}`, 64, 64, encode);

let stored: StoredProgress | null;
/** Called whenever the hub does not hold the session. */
const load = vi.fn(() => Promise.resolve(stored));
let hub: ProgressHub;

beforeEach(() => {
  stored = null;
  encode.mockClear();
  load.mockClear();
  hub = new ProgressHub(load, {}, RING);
});

afterEach(() => vi.useRealTimers());

function startRun(): void {
  hub.publishStatus(sessionRow());
}

function publishRecords(from: number, to: number): void {
  for (let seq = from; seq <= to; seq += 1) hub.publishRecord('s1', stepRecord(seq));
}

function end(seq: number): void {
  hub.publishStatus(sessionRow({ status: 'COMPLETED', seq, step: seq }));
}

async function subscribe(options = {}): Promise<ProgressChannel> {
  return (await hub.subscribe('s1', options))!;
}

async function nextEvent(channel: ProgressChannel): Promise<ProgressEvent> {
  const { done, value } = await channel.next();
  if (done) throw new Error('the stream is over');
  return value;
}

async function restOf(channel: ProgressChannel): Promise<ProgressEvent[]> {
  const events: ProgressEvent[] = [];
  for await (const event of channel) events.push(event);
  return events;
}

/** Whether a promise is still pending after all microtasks have run. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open');
  const soon = new Promise((resolve) => process.nextTick(() => queueMicrotask(() => resolve(open))));
  return (await Promise.race([promise, soon])) === open;
}

describe('the first event', () => {
  it('is the current state, at once, for a late subscriber', async () => {
    startRun();
    publishRecords(1, 40);
    expect(await nextEvent(await subscribe())).toMatchObject({
      seq: 40,
      gap: false,
      session: { status: 'RUNNING', step: 40 },
    });
  });

  it('is read from storage if the session is not running in this process', async () => {
    stored = { seq: 0, session: sessionRow({ status: 'QUEUED' }), progress: null, frame: null };
    const channel = await subscribe();
    expect(await nextEvent(channel)).toMatchObject({ seq: 0, progress: null, session: { status: 'QUEUED' } });
    startRun();
    expect(await nextEvent(channel)).toMatchObject({ session: { status: 'RUNNING' } });
  });

  it('is the state that was published while storage was being read', async () => {
    const reading = deferred<StoredProgress | null>();
    hub = new ProgressHub(() => reading.promise);
    const subscribing = hub.subscribe('s1');
    startRun();
    publishRecords(1, 3);
    reading.resolve({ seq: 0, session: sessionRow({ status: 'QUEUED' }), progress: null, frame: null });
    expect(await nextEvent((await subscribing)!)).toMatchObject({ seq: 3, session: { status: 'RUNNING' } });
  });

  it('is the only event of an ended session', async () => {
    stored = { seq: 90, session: sessionRow({ status: 'FAILED', seq: 90 }), progress: null, frame: null };
    const events = await restOf(await subscribe());
    expect(events).toMatchObject([{ seq: 90, gap: false, session: { status: 'FAILED' } }]);
    expect(hub.subscriberCount).toBe(0);
  });

  it('does not come for a session that does not exist', async () => {
    expect(await hub.subscribe('nobody')).toBeNull();
    expect(hub.subscriberCount).toBe(0);
    // The hub keeps nothing: it asks storage again.
    expect(await hub.subscribe('nobody')).toBeNull();
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('does not come if storage fails, and the hub keeps nothing', async () => {
    load.mockRejectedValueOnce(new Error('disk'));
    await expect(hub.subscribe('s1')).rejects.toThrow('disk');
    expect(hub.subscriberCount).toBe(0);
    stored = { seq: 0, session: sessionRow({ status: 'QUEUED' }), progress: null, frame: null };
    expect(await nextEvent(await subscribe())).toMatchObject({ seq: 0 });
  });
});

describe('resuming after a record', () => {
  it('replays the kept records one by one, then sends live ones', async () => {
    startRun();
    publishRecords(1, 20);
    const channel = await subscribe({ afterSeq: 15 });
    publishRecords(21, 25);
    const replayed = [];
    for (let index = 0; index < 5; index += 1) replayed.push(await nextEvent(channel));
    expect(replayed.map(({ seq }) => seq)).toEqual([16, 17, 18, 19, 20]);
    expect(replayed.every(({ gap }) => !gap)).toBe(true);
    expect(await nextEvent(channel)).toMatchObject({ seq: 25, gap: false });
  });

  it('reports a gap when records have left the ring', async () => {
    startRun();
    publishRecords(1, 40);
    const channel = await subscribe({ afterSeq: 10 });
    expect(await nextEvent(channel)).toMatchObject({ seq: 25, gap: true });
    expect(await nextEvent(channel)).toMatchObject({ seq: 26, gap: false });
  });

  it('reports a gap when records leave the ring during the replay', async () => {
    startRun();
    publishRecords(1, 10);
    const channel = await subscribe({ afterSeq: 5 });
    expect(await nextEvent(channel)).toMatchObject({ seq: 6, gap: false });
    publishRecords(11, 24);
    expect(await nextEvent(channel)).toMatchObject({ seq: 9, gap: true });
    expect(await nextEvent(channel)).toMatchObject({ seq: 10, gap: false });
    expect(await nextEvent(channel)).toMatchObject({ seq: 24, gap: false });
  });

  it('reports a gap when the client has a newer record than the server', async () => {
    startRun();
    publishRecords(1, 5);
    const channel = await subscribe({ afterSeq: 9 });
    expect(await nextEvent(channel)).toMatchObject({ seq: 5, gap: true });
    publishRecords(6, 6);
    expect(await nextEvent(channel)).toMatchObject({ seq: 6, gap: false });
  });

  it('sends the current state if there is nothing to replay', async () => {
    startRun();
    publishRecords(1, 5);
    expect(await nextEvent(await subscribe({ afterSeq: 5 }))).toMatchObject({ seq: 5, gap: false });
  });

  it('reports a gap for the numbers that a restarted run skipped', async () => {
    startRun();
    publishRecords(1, 3);
    const channel = await subscribe({ afterSeq: 2 });
    expect(await nextEvent(channel)).toMatchObject({ seq: 3 });
    hub.publishStatus(sessionRow({ status: 'QUEUED', seq: 1003 }));
    startRunAt(1003);
    expect(await nextEvent(channel)).toMatchObject({
      seq: 1003,
      gap: true,
      session: { status: 'QUEUED' },
      progress: null,
    });
    hub.publishRecord('s1', stepRecord(1004, { step: 1 }));
    expect(await nextEvent(channel)).toMatchObject({ seq: 1003, gap: false, session: { status: 'RUNNING' } });
    expect(await nextEvent(channel)).toMatchObject({ seq: 1004, gap: false, session: { step: 1 } });
  });

  it('ends with the current status if that changed after the last record', async () => {
    startRun();
    publishRecords(1, 3);
    await subscribe();
    hub.publishStatus(sessionRow({ status: 'QUEUED', seq: 3 }));
    const channel = await subscribe({ afterSeq: 2 });
    expect(await nextEvent(channel)).toMatchObject({ seq: 3, session: { status: 'RUNNING' } });
    expect(await nextEvent(channel)).toMatchObject({ seq: 3, session: { status: 'QUEUED' } });
  });

  function startRunAt(seq: number): void {
    hub.publishStatus(sessionRow({ seq }));
  }
});

describe('a slow subscriber', () => {
  it('skips to the newest record', async () => {
    startRun();
    const channel = await subscribe();
    await nextEvent(channel);
    publishRecords(1, 9);
    expect(await nextEvent(channel)).toMatchObject({ seq: 9, gap: false });
    expect(await isPending(channel.next())).toBe(true);
  });

  it('receives every change of status, and the end once and last', async () => {
    stored = { seq: 0, session: sessionRow({ status: 'QUEUED' }), progress: null, frame: null };
    const channel = await subscribe();
    startRun();
    publishRecords(1, 300);
    hub.publishStatus(sessionRow({ status: 'QUEUED', seq: 300 }));
    hub.publishStatus(sessionRow({ seq: 300 }));
    publishRecords(301, 600);
    end(600);
    const events = await restOf(channel);
    expect(events.map(({ seq, session }) => [seq, session.status])).toEqual([
      [0, 'QUEUED'],
      [0, 'RUNNING'],
      [300, 'QUEUED'],
      [300, 'RUNNING'],
      [600, 'COMPLETED'],
    ]);
    expect(await channel.next()).toEqual({ done: true, value: undefined });
  });

  it('delays no other subscriber and holds no events if it never asks', async () => {
    startRun();
    const stalled = await subscribe();
    const lively = await subscribe();
    await nextEvent(lively);
    for (let seq = 1; seq <= 5000; seq += 1) {
      publishRecords(seq, seq);
      expect(await nextEvent(lively)).toMatchObject({ seq });
    }
    expect(await nextEvent(stalled)).toMatchObject({ seq: 0 });
    expect(await nextEvent(stalled)).toMatchObject({ seq: 5000, gap: true });
  });
});

describe('minIntervalMs', () => {
  beforeEach(() => vi.useFakeTimers());

  it('spaces live progress, and sends the newest record when the interval has passed', async () => {
    startRun();
    const channel = await subscribe({ minIntervalMs: 500 });
    await nextEvent(channel);
    const next = nextEvent(channel);
    publishRecords(1, 1);
    await vi.advanceTimersByTimeAsync(499);
    publishRecords(2, 2);
    expect(await isPending(next)).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(await next).toMatchObject({ seq: 2 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('delays neither a replay nor a change of status nor the end', async () => {
    startRun();
    publishRecords(1, 4);
    const channel = await subscribe({ minIntervalMs: 60_000, afterSeq: 2 });
    expect(await nextEvent(channel)).toMatchObject({ seq: 3 });
    expect(await nextEvent(channel)).toMatchObject({ seq: 4 });
    publishRecords(5, 5);
    const last = nextEvent(channel);
    end(5);
    expect(await last).toMatchObject({ seq: 5, session: { status: 'COMPLETED' } });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer when the subscriber leaves', async () => {
    startRun();
    const channel = await subscribe({ minIntervalMs: 500 });
    await nextEvent(channel);
    const open = channel.next();
    expect(vi.getTimerCount()).toBe(1);
    await channel.return();
    expect(vi.getTimerCount()).toBe(0);
    expect(await open).toEqual({ done: true, value: undefined });
  });
});

describe('previews', () => {
  const want = vi.fn();

  beforeEach(() => {
    want.mockClear();
    startRun();
    hub.onPreviewWanted('s1', want);
  });

  it('are requested only for subscribers that want them', async () => {
    const channel = await subscribe();
    await nextEvent(channel);
    void channel.next();
    expect(want).not.toHaveBeenCalled();
  });

  it('are requested once for all subscribers, as soon as one is ready for its next event', async () => {
    const channels = [await subscribe({ previews: true }), await subscribe({ previews: true })];
    for (const channel of channels) await nextEvent(channel);
    expect(want).not.toHaveBeenCalled();
    const events = channels.map((channel) => nextEvent(channel));
    expect(want).toHaveBeenCalledTimes(1);
    hub.publishRecord('s1', stepRecord(1), frame(1));
    for (const event of events) expect((await event).frame!.seq).toBe(1);
    void channels[0]!.next();
    expect(want).toHaveBeenCalledTimes(2);
  });

  it('are waited for while the request crosses a record, but not longer', async () => {
    const channel = await subscribe({ previews: true });
    await nextEvent(channel);
    const next = nextEvent(channel);
    publishRecords(1, 1);
    expect(await isPending(next)).toBe(true);
    publishRecords(2, 2);
    expect(await next).toMatchObject({ seq: 2, frame: null });
  });

  it('are not requested while the interval lasts', async () => {
    vi.useFakeTimers();
    const channel = await subscribe({ previews: true, minIntervalMs: 500 });
    await nextEvent(channel);
    const next = nextEvent(channel);
    publishRecords(1, 3);
    expect(want).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(500);
    expect(want).toHaveBeenCalledTimes(1);
    hub.publishRecord('s1', stepRecord(4), frame(4));
    expect(await next).toMatchObject({ seq: 4, frame: { seq: 4 } });
  });

  it('that are wanted before the run starts are requested when it starts', async () => {
    stored = { seq: 0, session: sessionRow({ id: 's2', status: 'QUEUED' }), progress: null, frame: null };
    const channel = (await hub.subscribe('s2', { previews: true }))!;
    await nextEvent(channel);
    void channel.next();
    hub.publishStatus(sessionRow({ id: 's2' }));
    hub.onPreviewWanted('s2', want);
    expect(want).toHaveBeenCalledTimes(1);
  });

  it('are encoded once per size for all subscribers', async () => {
    const shown = frame(1);
    const uris = await Promise.all([shown.dataUri(32), shown.dataUri(32), shown.dataUri(64), shown.dataUri(2048)]);
    expect(new Set(uris).size).toBe(2);
    expect(encode.mock.calls).toEqual([[32], [64]]);
  });

  it('of the last few ended sessions can still be fetched', () => {
    for (let index = 0; index < 20; index += 1) {
      const id = `run${index}`;
      hub.publishStatus(sessionRow({ id }));
      hub.publishRecord(id, stepRecord(1), frame(1));
      hub.publishStatus(sessionRow({ id, status: 'CANCELLED', seq: 1, step: 1 }));
    }
    expect(hub.frame('run19')!.seq).toBe(1);
    const kept = Array.from({ length: 20 }, (_, index) => `run${index}`).filter((id) => hub.frame(id) !== null);
    expect(kept).toEqual(Array.from({ length: 8 }, (_, index) => `run${12 + index}`));
  });
});

describe('leaving', () => {
  it('is immediate even while waiting for an event', async () => {
    startRun();
    const channel = await subscribe();
    await nextEvent(channel);
    const open = channel.next();
    expect(await channel.return()).toEqual({ done: true, value: undefined });
    expect(await open).toEqual({ done: true, value: undefined });
    expect(hub.subscriberCount).toBe(0);
  });

  it('keeps nothing, a thousand times without an event', async () => {
    stored = { seq: 0, session: sessionRow({ status: 'QUEUED' }), progress: null, frame: null };
    for (let index = 0; index < 1000; index += 1) {
      const channel = await subscribe();
      void channel.next();
      void channel.next();
      await channel.return();
    }
    expect(hub.subscriberCount).toBe(0);
    expect(load).toHaveBeenCalledTimes(1000);
    expect(hub.latest('s1')).toBeNull();
  });

  it('by throw releases as well', async () => {
    startRun();
    const channel = await subscribe();
    await expect(channel.throw(new Error('gone'))).rejects.toThrow('gone');
    expect(hub.subscriberCount).toBe(0);
  });
});
