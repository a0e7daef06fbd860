import { pino } from 'pino';
import { afterAll, onTestFinished } from 'vitest';
import { createApplication, type Application, type ApplicationOptions } from '../../src/application.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import { EngineProcess, type Engine } from '../../src/engine/index.js';
import type { ProgressChannel } from '../../src/progress/progress-channel.js';
import type { ProgressEvent } from '../../src/progress/progress.js';
import type { CreateSession } from '../../src/sessions/session-creator.js';
import type { Storage } from '../../src/storage/index.js';
import { photo } from '../storage/image-files.js';
import { LIMITS, temporaryStorage } from '../storage/support.js';
import { ScriptedEngine } from './scripted-engine.js';

export const silent = pino({ level: 'silent' });

/** More steps than any test waits for. */
export const ENDLESS = 10_000;

export interface SessionsFixture {
  readonly storage: Storage;
  readonly easel: Application;
  /** Input of a session on two small images with the smallest network. */
  request(steps: number): CreateSession;
}

interface FixtureOptions extends Partial<Omit<ApplicationOptions, 'storage' | 'engine'>> {
  /** 'process' starts a real engine; default: a scripted one. */
  readonly engine?: Engine | 'process';
}

/**
 * One engine process for a whole test file, to be called outside of tests. Services that close their engine leave it
 * running; it ends with the file.
 */
export function sharedEngineProcess(): Engine {
  const engine = new EngineProcess({ threads: 1, backend: 'onnx-cpu', logger: silent });
  afterAll(() => engine.close());
  return {
    get state() {
      return engine.state;
    },
    get backend() {
      return engine.backend;
    },
    get reason() {
      return engine.reason;
    },
    get memoryBytes() {
      return engine.memoryBytes;
    },
    threads: engine.threads,
    start: () => engine.start(),
    run: (job, options) => engine.run(job, options),
    close: () => Promise.resolve(),
  };
}

/** All services over the storage, as one process has them: stopped when the test ends, unless the test stops them. */
export function openApplication(
  storage: Storage,
  { engine = new ScriptedEngine(), ...options }: FixtureOptions = {},
): Application {
  const application = createApplication({
    storage,
    threads: 1,
    backend: 'onnx-cpu',
    networks: {},
    maxQueue: 10,
    maxSessions: 100,
    maxUploadBytes: LIMITS.maxBytes,
    maxUploads: 10,
    memoryLimitBytes: undefined,
    calibrate: false,
    logger: silent,
    ...options,
    engine: engine === 'process' ? undefined : engine,
  });
  onTestFinished(() => application.stop());
  return application;
}

/** A real storage with two images, and services that are not started. */
export async function openSessionsFixture(options: FixtureOptions = {}): Promise<SessionsFixture> {
  const storage = await temporaryStorage();
  const easel = openApplication(storage, options);
  const content = await easel.images.upload(LOCAL_VIEWER, await photo(64, 48).png().toBuffer());
  const style = await easel.images.upload(LOCAL_VIEWER, await photo(40, 56).png().toBuffer());
  return {
    storage,
    easel,
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
