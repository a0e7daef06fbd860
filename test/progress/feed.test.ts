import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionFeed, type FeedChannel, type SessionChange } from '../../src/progress/feed.js';
import { sessionRow } from '../support/rows.js';

let feed: SessionFeed;

beforeEach(() => {
  vi.useFakeTimers();
  feed = new SessionFeed(4);
});
afterEach(() => void vi.useRealTimers());

async function nextOf(channel: FeedChannel): Promise<SessionChange> {
  const { value } = await channel.next();
  return value!;
}

const all = () => feed.subscribe(() => true);
const step = (step: number, id = 's1') => feed.stepped(sessionRow({ id, step, seq: step }));

/** The events that the channel has at this moment, as strings. */
async function pending(channel: FeedChannel): Promise<string[]> {
  const told: string[] = [];
  const read = async () => {
    for (;;) {
      const { change, id, session, gap } = await nextOf(channel);
      told.push(`${change} ${id} ${session?.status ?? '-'} ${session?.step ?? '-'}${gap ? ' gap' : ''}`);
    }
  };
  void read().catch(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  return told;
}

describe('the feed', () => {
  it('sends every future change in order', async () => {
    feed.created(sessionRow({ id: 'before' }));
    const channel = all();
    feed.created(sessionRow({ status: 'QUEUED' }));
    feed.changed(sessionRow({ status: 'RUNNING' }));
    feed.changed(sessionRow({ status: 'COMPLETED', step: 9 }));
    feed.deleted(sessionRow({ status: 'COMPLETED' }));
    expect(await pending(channel)).toEqual([
      'CREATED s1 QUEUED 0',
      'UPDATED s1 RUNNING 0',
      'UPDATED s1 COMPLETED 9',
      'DELETED s1 - -',
    ]);
  });

  it('sends the newest progress of each session once a second, and changes at once', async () => {
    const channel = all();
    const told = await pending(channel);
    step(1);
    step(1, 's2');
    for (let n = 2; n <= 40; n += 1) {
      step(n);
      await vi.advanceTimersByTimeAsync(40);
    }
    expect(told).toEqual(['UPDATED s1 RUNNING 1', 'UPDATED s2 RUNNING 1', 'UPDATED s1 RUNNING 26']);
    feed.changed(sessionRow({ status: 'PAUSED', step: 40 }));
    await vi.advanceTimersByTimeAsync(5000);
    expect(told.slice(3)).toEqual(['UPDATED s1 PAUSED 40']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('skips progress for a slow subscriber, but no change', async () => {
    const channel = all();
    for (let n = 1; n <= 3; n += 1) {
      step(n);
      await vi.advanceTimersByTimeAsync(1000);
    }
    feed.created(sessionRow({ id: 's9', status: 'QUEUED' }));
    expect(await pending(channel)).toEqual(['CREATED s9 QUEUED 0', 'UPDATED s1 RUNNING 3']);
  });

  it('reports a gap when changes have left the ring', async () => {
    const channel = all();
    for (let n = 1; n <= 6; n += 1) feed.changed(sessionRow({ step: n }));
    expect(await pending(channel)).toEqual([
      'UPDATED s1 RUNNING 3 gap',
      'UPDATED s1 RUNNING 4',
      'UPDATED s1 RUNNING 5',
      'UPDATED s1 RUNNING 6',
    ]);
  });

  it('sends only sessions that pass the filter', async () => {
    const channel = feed.subscribe(({ ownerId }) => ownerId === 'a');
    const told = await pending(channel);
    feed.created(sessionRow({ id: 'x', ownerId: 'b' }));
    feed.stepped(sessionRow({ id: 'x', ownerId: 'b', step: 1 }));
    feed.created(sessionRow({ id: 'y', ownerId: 'a', status: 'QUEUED' }));
    await vi.advanceTimersByTimeAsync(2000);
    expect(told).toEqual(['CREATED y QUEUED 0']);
  });

  it('shares one event object between subscribers', async () => {
    const channels = [all(), all()];
    const events = channels.map(nextOf);
    feed.created(sessionRow());
    expect(await events[0]).toBe(await events[1]);
  });

  it('can be left at once a thousand times without an event, and keeps nothing', async () => {
    for (let n = 0; n < 1000; n += 1) {
      const channel = all();
      const open = channel.next();
      await channel.return();
      expect(await open).toEqual({ done: true, value: undefined });
    }
    const channel = all();
    step(1);
    step(2);
    expect(vi.getTimerCount()).toBe(1);
    await expect(channel.throw(new Error('gone'))).rejects.toThrow('gone');
    expect(feed.subscriberCount).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
