import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startGuarded } from '../auth/support.js';
import { temporaryFolder } from '../storage/support.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Use {
  readonly images: number;
  readonly imageBytes: number;
  readonly blobs: number;
  readonly blobBytes: number;
  readonly checkpoints: number;
  readonly checkpointBytes: number;
  readonly databaseBytes: number;
  readonly freeBytes: number;
}

const STORAGE = '{ storage { images imageBytes blobs blobBytes checkpoints checkpointBytes databaseBytes freeBytes } }';
const CLEAN = 'mutation { cleanStorage { freedBytes deletedImages deletedBlobs deletedCheckpoints } }';

const measure = async (server: TestServer) => (await server.ask<{ storage: Use }>(STORAGE)).storage;
const clean = async (server: TestServer) =>
  (await server.ask<{ cleanStorage: Record<string, unknown> }>(CLEAN)).cleanStorage;

/** Runs a session to its end; returns its id and the URLs of all its images. */
async function runSession(server: TestServer) {
  const id = await server.createSession({ steps: 2 });
  const query = `subscription { sessionProgress(id: "${id}") { session { status } } }`;
  for await (const { errors } of server.connect().iterate({ query })) expect(errors).toBeUndefined();
  const { session } = await server.ask<{
    session: {
      status: string;
      contentImage: { url: string };
      resultImage: { url: string };
      styles: { image: { url: string } }[];
      timelapse: { frames: { url: string }[] };
    };
  }>(
    'query ($id: ID!) { session(id: $id) { status contentImage { url } resultImage { url } styles { image { url } } timelapse { frames { url } } } }',
    { id },
  );
  expect(session.status).toBe('COMPLETED');
  const { contentImage, resultImage, styles, timelapse } = session;
  const images = [contentImage, resultImage, ...styles.map(({ image }) => image), ...timelapse.frames];
  return { id, urls: images.map(({ url }) => url) };
}

/** Creates unreferenced files in a data folder, as killed processes leave them. */
async function litter(dataDir: string): Promise<{ bytes: number }> {
  const stray = Buffer.from('a blob that no row names');
  const key = createHash('sha256').update(stray).digest('hex');
  const folder = path.join(dataDir, 'pictures', key.slice(0, 2), key.slice(2, 4));
  await mkdir(folder, { recursive: true });
  const files: [string, Buffer][] = [
    [path.join(folder, key), stray],
    [path.join(dataDir, 'pictures', 'incoming', 'half'), Buffer.from('half a blob')],
    [path.join(dataDir, 'checkpoints', 'ses_gone'), Buffer.from('the state of a session that is gone')],
    [path.join(dataDir, 'checkpoints', 'half.partial'), Buffer.from('half a state')],
  ];
  for (const [file, bytes] of files) await writeFile(file, bytes);
  return { bytes: files.reduce((sum, [, bytes]) => sum + bytes.length, 0) };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('storage', () => {
  it('can be measured and cleaned by admins only', async () => {
    const { ada, bob, admin } = await startGuarded();
    for (const operation of [STORAGE, CLEAN]) {
      expect((await bob.send(operation)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
    await Promise.all([ada.upload(40, 30), bob.upload(40, 30)]);
    const use = await measure(admin);
    expect(use).toMatchObject({ images: 2, blobs: 1, checkpoints: 0, checkpointBytes: 0 });
    expect(use.imageBytes).toBe(2 * use.blobBytes);
    expect(use.databaseBytes).toBeGreaterThan(0);
    expect(use.freeBytes).toBeGreaterThan(0);
  });

  it('cleanStorage deletes unreferenced things after a day, and nothing else', async () => {
    const dataDir = await temporaryFolder();
    const server = await startTestServer({ dataDir });
    const { id, urls } = await runSession(server);
    const unused = await server.upload(90, 20);
    const left = await litter(dataDir);
    const before = await measure(server);
    expect(before).toMatchObject({ images: 4, checkpoints: 3 });
    const nothing = { freedBytes: 0, deletedImages: 0, deletedBlobs: 0, deletedCheckpoints: 0 };
    expect(await clean(server)).toEqual(nothing);
    expect(await measure(server)).toMatchObject({ blobs: before.blobs, checkpoints: 3 });

    vi.setSystemTime(Date.now() + 25 * 60 * 60 * 1000);
    const cleaned = await clean(server);
    expect(cleaned).toMatchObject({ deletedImages: 1, deletedBlobs: 2, deletedCheckpoints: 1 });
    const after = await measure(server);
    const freed = before.blobBytes - after.blobBytes + (before.checkpointBytes - after.checkpointBytes);
    expect(cleaned['freedBytes']).toBe(freed);
    expect(freed).toBeGreaterThan(left.bytes);
    expect((await fetch(`${server.url}/images/${unused}`)).status).toBe(404);
    // Exactly the files of the session remain.
    for (const url of urls) expect((await fetch(server.url + url)).status).toBe(200);
    expect(after).toMatchObject({ images: 3, blobs: urls.length });
    expect(await readdir(path.join(dataDir, 'checkpoints'))).toEqual([id]);
    expect(await readdir(path.join(dataDir, 'pictures', 'incoming'))).toEqual([]);
    expect(await clean(server)).toEqual(nothing);
  });
});
