import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/engine/network/network.js';
import { networkFile } from '../../src/engine/install/resolve.js';
import { writeSafetensors } from '../../src/engine/network/safetensors-writer.js';
import type { RecipeOverrides } from '../../src/engine/recipe/recipe.js';
import { NetworkInstaller } from '../../src/engine/install/host.js';
import { smallVgg } from './networks.js';
import { serveWeights, type Misbehaviour } from './weights-server.js';
import { pixels } from './reference.js';
import { temporaryFolder } from '../storage/support.js';
import {
  allEvents,
  eventWhere,
  openApplication,
  openSessionsFixture,
  silent,
  type SessionsFixture,
} from '../support/sessions.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';

const layer = (name: string) => [{ layer: name, weight: 1 }];
/** A recipe that requires vgg19, with layers that the small test network has. */
const WISH: RecipeOverrides = {
  network: 'vgg19',
  size: 48,
  steps: 2,
  contentLayers: layer('relu2_1'),
  styleLayers: layer('relu3_1'),
};

async function rawNetwork(folder: string): Promise<string> {
  const file = path.join(folder, 'raw.safetensors');
  await writeSafetensors(file, smallVgg(), {});
  return file;
}

/** A studio that can download vgg19 from a local server. */
async function openWithServer(misbehave?: Misbehaviour) {
  const cacheDir = await temporaryFolder();
  const server = await serveWeights(await readFile(await rawNetwork(cacheDir)), misbehave);
  const networks = { cacheDir, weightsUrl: server.url };
  return { cacheDir, server, networks, ...(await openSessionsFixture({ networks })) };
}

const create = ({ easel, request }: Pick<SessionsFixture, 'easel' | 'request'>, recipe: RecipeOverrides = WISH) =>
  easel.sessions.create(LOCAL_VIEWER, { ...request(2), recipe });

const endOf = async ({ easel }: Pick<SessionsFixture, 'easel'>, id: string) =>
  (await allEvents(await easel.sessions.watch(LOCAL_VIEWER, id, {}))).at(-1)!.session;

/** A server that never answers; resolves at its first request. */
function silence(): { misbehave: Misbehaviour; asked: Promise<void> } {
  let tell: () => void;
  const asked = new Promise<void>((resolve) => (tell = resolve));
  return { asked, misbehave: () => (tell(), true) };
}

describe('a vgg19 that is not installed', () => {
  it('is downloaded before the first session that requires it runs, and is recorded', async () => {
    const studio = await openWithServer();
    const { id, status, networkName, networkSha256 } = await create(studio);
    expect({ status, networkName, networkSha256 }).toEqual({
      status: 'QUEUED',
      networkName: 'vgg19',
      networkSha256: null,
    });
    expect(studio.server.ranges).toEqual([]);
    const running = await studio.easel.sessions.watch(LOCAL_VIEWER, id, {});
    await studio.easel.start();
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    await eventWhere(running, ({ session }) => session.status === 'RUNNING' && session.networkSha256 !== null);
    const network = { networkName: 'vgg19', networkSha256: sha256, networkIsFallback: false };
    expect(await endOf(studio, id)).toMatchObject({ status: 'COMPLETED', ...network });
    expect(sha256Hex(await readFile(networkFile(studio.cacheDir, 'vgg19')))).toBe(
      (await studio.easel.sessions.get(LOCAL_VIEWER, id)).networkSha256,
    );

    const asked = studio.server.ranges.length;
    const next = await create(studio);
    expect(next).toMatchObject(network);
    expect(await endOf(studio, next.id)).toMatchObject({ status: 'COMPLETED' });
    expect(studio.server.ranges).toHaveLength(asked);
  });

  it('fails the session with NETWORK_NOT_FOUND if it cannot be downloaded, and the next session runs', async () => {
    const studio = await openWithServer((_request, response) => {
      response.writeHead(404).end();
      return true;
    });
    const first = await create(studio);
    const next = await create(studio, { size: 48, steps: 2 });
    await studio.easel.start();
    expect(await endOf(studio, first.id)).toMatchObject({
      status: 'FAILED',
      errorCode: 'NETWORK_NOT_FOUND',
      errorMessage: expect.stringContaining(`${studio.server.url}: the server answers 404`) as string,
    });
    expect(await endOf(studio, next.id)).toMatchObject({ status: 'COMPLETED' });
  });

  it('fails the session if the downloaded network lacks a layer of the recipe', async () => {
    const studio = await openWithServer();
    const { id } = await create(studio, { ...WISH, contentLayers: layer('relu4_2') });
    await studio.easel.start();
    expect(await endOf(studio, id)).toMatchObject({ status: 'FAILED', errorCode: 'INVALID_RECIPE' });
  });

  it('is not downloaded for a recipe that allows the fallback', async () => {
    const studio = await openWithServer();
    const session = await create(studio, { ...WISH, allowFallback: true });
    expect(session).toMatchObject({ networkName: 'vgg19-half', networkIsFallback: true });
    await studio.easel.start();
    expect(await endOf(studio, session.id)).toMatchObject({ status: 'COMPLETED', networkName: 'vgg19-half' });
    expect(studio.server.ranges).toEqual([]);
  });

  it('delays neither a cancellation nor a shutdown', async () => {
    const { misbehave, asked } = silence();
    const studio = await openWithServer(misbehave);
    const [first, second] = [await create(studio), await create(studio)];
    const channel = await studio.easel.sessions.watch(LOCAL_VIEWER, second.id, {});
    await studio.easel.start();
    await asked;
    await studio.easel.sessions.cancel(LOCAL_VIEWER, first.id);
    expect(await endOf(studio, first.id)).toMatchObject({ status: 'CANCELLED' });
    await eventWhere(channel, ({ session }) => session.status === 'RUNNING');
    await studio.easel.stop();
    expect(await studio.storage.sessions.find(second.id)).toMatchObject({ status: 'QUEUED', networkSha256: null });
  });

  it('is downloaded once for several concurrent callers', async () => {
    const cacheDir = await temporaryFolder();
    const server = await serveWeights(await readFile(await rawNetwork(cacheDir)));
    const images = () => Promise.resolve([pixels(40, 32, 0)]);
    const installer = new NetworkInstaller({ threads: 1, images, logger: silent });
    const network = { name: 'vgg19', from: { url: server.url }, target: networkFile(cacheDir, 'vgg19') };
    const impatient = new AbortController();
    const given = installer.install(network, impatient.signal);
    const waits = [1, 2].map(() => installer.install(network, new AbortController().signal));
    impatient.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    await Promise.all(waits);
    // The header's length, the header, and the convolutions.
    expect(server.ranges).toHaveLength(3);
  });
});

describe('a weights file that is not normalised', () => {
  it('is normalised once, and sessions run with the copy and record it', async () => {
    const cacheDir = await temporaryFolder();
    const weightsFile = await rawNetwork(cacheDir);
    const networks = { cacheDir, weightsFile };
    const studio = await openSessionsFixture({ networks });
    // EASEL_WEIGHTS takes precedence over the fallback, even if the recipe allows one.
    const { id } = await create(studio, { ...WISH, allowFallback: true });
    await studio.easel.start();
    const { status, networkName, networkSha256 } = await endOf(studio, id);
    expect({ status, networkName }).toEqual({ status: 'COMPLETED', networkName: 'vgg19' });
    expect(networkSha256).not.toBe(sha256Hex(await readFile(weightsFile)));

    await studio.easel.stop();
    const reopened = openApplication(studio.storage, { networks });
    expect(await create({ ...studio, easel: reopened })).toMatchObject({ networkName: 'vgg19', networkSha256 });
    const [vgg19] = await reopened.system.networks();
    expect(vgg19).toMatchObject({ sha256: networkSha256, layers: expect.arrayContaining(['relu3_1']) as string[] });
  });
});
