import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { openStorage, type ImageRow, type NewSession, type SessionRow, type Storage } from '../../src/storage/index.js';

export const LIMITS = { maxBytes: 5_000_000, maxPixels: 4_000_000 };

/** A folder of its own that goes when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'easel-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A real storage on a folder of its own, closed when the test ends. */
export async function temporaryStorage(): Promise<Storage> {
  const storage = await openStorage({ dataDir: await temporaryFolder(), limits: LIMITS });
  onTestFinished(() => storage.close());
  return storage;
}

/** Adds an image row without a blob. */
export function addImage(
  storage: Storage,
  sha256 = 'a'.repeat(64),
  fileName?: string,
  ownerId = 'local',
): Promise<ImageRow> {
  return storage.images.create({ ownerId, sha256, format: 'png', width: 40, height: 30, byteSize: 1234, fileName });
}

/** Adds a QUEUED session, with an image for its content and style. */
export async function addSession(storage: Storage, changes: Partial<NewSession> = {}): Promise<SessionRow> {
  const image = await addImage(storage);
  return await storage.sessions.create({
    ownerId: 'local',
    preset: 'classic',
    recipe: '{}',
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
