import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { parseRecipe, resolveRecipe } from '../../src/engine/index.js';
import {
  openStorage,
  type ImageRow,
  type LossRow,
  type NewSession,
  type SessionRow,
  type Storage,
} from '../../src/storage/index.js';

export const LIMITS = { maxBytes: 5_000_000, maxPixels: 4_000_000 };

/** A folder of its own that goes when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'easel-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A real storage on a folder of its own, closed when the test ends. */
export async function temporaryStorage(): Promise<Storage> {
  const storage = await openStorage({
    dataDir: await temporaryFolder(),
    limits: LIMITS,
    parseRecipe,
    synchronous: 'OFF',
  });
  onTestFinished(() => storage.close());
  return storage;
}

/** Adds an image of which only the row matters. */
export function addImage(
  storage: Storage,
  content = 'an image',
  fileName?: string,
  ownerId = 'local',
): Promise<ImageRow> {
  const bytes = Buffer.from(content);
  return storage.images.add({ ownerId, bytes, format: 'png', width: 40, height: 30, fileName });
}

/** Adds a QUEUED session, with an image for its content and style. */
export async function addSession(storage: Storage, changes: Partial<NewSession> = {}): Promise<SessionRow> {
  const image = await addImage(storage);
  return await storage.sessions.create({
    ownerId: 'local',
    preset: 'classic',
    recipe: resolveRecipe('classic'),
    contentImageId: image.id,
    styles: [{ imageId: image.id, weight: 1, scale: 1 }],
    width: 40,
    height: 30,
    totalSteps: 100,
    networkName: 'vgg19-quarter',
    networkSha256: 'b'.repeat(64),
    networkIsFallback: false,
    ...changes,
  });
}

/** Whether the blob store has such a blob. */
export async function hasBlob({ blobs }: Pick<Storage, 'blobs'>, key: string): Promise<boolean> {
  return await blobs.get(key).then(
    () => true,
    () => false,
  );
}

/** The whole loss curve of a session. */
export async function lossesOf({ losses }: Pick<Storage, 'losses'>, sessionId: string): Promise<LossRow[]> {
  return (await losses.parts([{ sessionId, afterSeq: 0, limit: 10_000 }]))[0]!;
}
