import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { ImageService } from '../../src/images/image-service.js';
import { createSessions, type Sessions, type SessionsOptions } from '../../src/sessions/index.js';
import type { ProgressChannel } from '../../src/progress/progress-channel.js';
import type { ProgressEvent } from '../../src/progress/progress.js';
import type { CreateSession } from '../../src/sessions/session-creator.js';
import type { Storage } from '../../src/storage/index.js';
import { photo } from '../storage/image-files.js';
import { LIMITS, temporaryStorage } from '../storage/support.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';

export const silent = pino({ level: 'silent' });

/** More steps than any test waits for. */
export const ENDLESS = 10_000;

export interface Studio {
  readonly storage: Storage;
  readonly sessions: Sessions;
  /** A session on two small pictures with the smallest network. */
  request(steps: number): CreateSession;
}

type StudioOptions = Partial<
  Pick<SessionsOptions, 'queueLimit' | 'ownerLimit' | 'checkpointMs' | 'imageGraceMs' | 'networks' | 'logger'>
>;

/** Sessions over the storage, as one process has them: stopped when the test ends, unless the test stops them. */
export function openSessions(storage: Storage, options: StudioOptions = {}): Sessions {
  const sessions = createSessions({
    storage,
    threads: 1,
    backend: 'onnx-cpu',
    networks: {},
    queueLimit: 10,
    ownerLimit: 100,
    logger: silent,
    ...options,
  });
  onTestFinished(() => sessions.stop());
  return sessions;
}

/** A real storage with two pictures in it, and sessions that have not been started. */
export async function openStudio(options: StudioOptions = {}): Promise<Studio> {
  const storage = await temporaryStorage();
  const images = new ImageService(storage, LIMITS.maxBytes);
  const content = await images.upload(LOCAL_VIEWER, await photo(64, 48).png().toBuffer());
  const style = await images.upload(LOCAL_VIEWER, await photo(40, 56).png().toBuffer());
  return {
    storage,
    sessions: openSessions(storage, options),
    request: (steps) => ({
      contentImageId: content.id,
      styles: [{ imageId: style.id, weight: 1, scale: 1 }],
      preset: 'draft',
      recipe: { size: 48, steps },
    }),
  };
}

/** All events until the stream ends. */
export async function allEvents(channel: ProgressChannel): Promise<ProgressEvent[]> {
  const events: ProgressEvent[] = [];
  for await (const event of channel) events.push(event);
  return events;
}

/** Reads events until one is as wanted; the stream stays open. */
export async function eventWhere(
  channel: ProgressChannel,
  wanted: (event: ProgressEvent) => boolean,
): Promise<ProgressEvent> {
  for (;;) {
    const { done, value } = await channel.next();
    if (done) throw new Error('the stream ended before the event came');
    if (wanted(value)) return value;
  }
}
