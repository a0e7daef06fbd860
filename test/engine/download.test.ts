import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createOnnxBackend, loadNetwork, locateNetwork } from '../../src/engine/index.js';
import { downloadConvolutions, type DownloadOptions } from '../../src/engine/install/download.js';
import { installNetwork } from '../../src/engine/install/install.js';
import { networkFile } from '../../src/engine/install/resolve.js';
import { parseNetwork } from '../../src/engine/network/network.js';
import { parseHeader } from '../../src/engine/network/safetensors.js';
import { writeSafetensors, type NamedTensor } from '../../src/engine/network/safetensors-writer.js';
import { temporaryFolder } from '../storage/support.js';
import { smallVgg } from './networks.js';
import { pixels } from './reference.js';
import { rangeHeaders, serveWeights } from './weights-server.js';

/** Bytes of the classifier's two tensors, one between the convolutions and one after them. */
const CLASSIFIER = 1_000_000;

let folder: string;
let target: string;
/** A VGG with 150 KB of convolutions and a 2 MB classifier. */
let whole: Uint8Array;
beforeEach(async () => {
  folder = await temporaryFolder();
  target = path.join(folder, 'vgg.part');
  whole = await vggFile();
});

async function vggFile(change: (tensors: NamedTensor[]) => NamedTensor[] = (tensors) => tensors): Promise<Uint8Array> {
  const classifier = (n: number) => ({
    name: `classifier.${n}.weight`,
    shape: [CLASSIFIER / 4],
    values: new Float32Array(CLASSIFIER / 4),
  });
  const convolutions = smallVgg({ channels: 32 });
  const file = path.join(folder, 'source.safetensors');
  const tensors = [...convolutions.slice(0, 3), classifier(0), ...convolutions.slice(3), classifier(3)];
  await writeSafetensors(file, change(tensors), { license: 'CC0' });
  return await readFile(file);
}

const download = (url: string, options: Partial<DownloadOptions> = {}) =>
  downloadConvolutions(target, { url, retryDelayMs: 1, ...options });
const layersIn = async (file: string) => (await loadNetwork(file)).layers;

/** Sends the first bytes of the range and cuts the connection. */
function cut(response: ServerResponse, file: Uint8Array, range: readonly [number, number], bytes: number): true {
  response.writeHead(206, rangeHeaders({ file, etag: '"one"' }, range));
  response.write(file.subarray(range[0], range[0] + bytes), () => response.destroy());
  return true;
}
/** Requests for bytes of tensors, not of the header. */
const isData = ([begin]: readonly [number, number]) => begin > 0;

describe('downloadConvolutions', () => {
  it('downloads the convolutions and the header only', async () => {
    const server = await serveWeights(whole);
    const seen: number[] = [];
    const sha256 = await download(server.url, { onProgress: ({ received, total }) => seen.push(received / total) });
    expect(await layersIn(target)).toEqual(parseNetwork(whole).layers);
    expect(parseHeader(await readFile(target)).metadata).toMatchObject({ license: 'CC0', source: server.url });
    const size = (await stat(target)).size;
    expect(server.bytesSent()).toBeLessThan(size + 5000);
    expect(server.ranges.filter(isData)).toHaveLength(2);
    const data = (await readFile(target)).subarray(parseHeader(await readFile(target)).dataStart);
    expect(sha256).toBe(createHash('sha256').update(data).digest('hex'));
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect([seen[0], seen.at(-1)]).toEqual([0, 1]);
  });

  it('resumes after a lost connection', async () => {
    // Each answer has at most 20,000 of the 150,000 bytes, so more attempts are needed than may fail in a row.
    const server = await serveWeights(whole, (_request, response, _count, range) =>
      isData(range) && range[1] - range[0] > 20_000 ? cut(response, whole, range, 20_000) : false,
    );
    await download(server.url);
    expect(await layersIn(target)).toEqual(parseNetwork(whole).layers);
    const begins = server.ranges.filter(isData).map(([begin]) => begin);
    expect(begins.length).toBeGreaterThan(6);
    expect(new Set(begins).size).toBe(begins.length);
    expect(server.bytesSent()).toBeLessThan((await stat(target)).size + 20_000);
  });

  it('resumes a cancelled download in another call', async () => {
    const server = await serveWeights(whole);
    const abort = new AbortController();
    const cancelled = download(server.url, {
      signal: abort.signal,
      onProgress: ({ received }) => received > 0 && abort.abort(new Error('enough')),
    });
    await expect(cancelled).rejects.toThrow('enough');
    const { size } = await stat(target);
    server.ranges.length = 0;
    await download(server.url);
    expect(await layersIn(target)).toEqual(parseNetwork(whole).layers);
    const fetched = server.ranges.filter(isData).reduce((sum, [begin, end]) => sum + end - begin, 0);
    expect(fetched).toBe((await stat(target)).size - size);
  });

  it('downloads nothing if the file is complete', async () => {
    const server = await serveWeights(whole);
    const first = await download(server.url);
    server.ranges.length = 0;
    expect(await download(server.url)).toBe(first);
    expect(server.ranges.filter(isData)).toEqual([]);
  });

  it('starts over if the source has changed before or during the download', async () => {
    const other = await vggFile((tensors) => tensors.map((t) => ({ ...t, values: t.values.map((v) => v / 2) })));
    const server = await serveWeights(whole, (_request, response, count, range) => {
      if (count === 3) return cut(response, whole, range, 20_000);
      // The fourth request is for the header, the sixth would resume the download.
      if (count === 4) Object.assign(server, { file: other, etag: '"two"' });
      return false;
    });
    await download(server.url);
    expect(await layersIn(target)).toEqual(parseNetwork(other).layers);

    const changing = await serveWeights(other, (_request, _response, count) => {
      // Between the two byte ranges of convolutions.
      if (count === 4) Object.assign(changing, { file: whole, etag: '"three"' });
      return false;
    });
    await download(changing.url);
    expect(await layersIn(target)).toEqual(parseNetwork(whole).layers);
  });

  it('works with a server that ignores ranges', async () => {
    const server = await serveWeights(whole, (_request, response) => {
      response.writeHead(200, { 'Content-Length': whole.length }).end(whole);
      return true;
    });
    await download(server.url);
    expect(await layersIn(target)).toEqual(parseNetwork(whole).layers);

    const chunked = await serveWeights(whole, (_request, response) => {
      response.write(whole);
      response.end();
      return true;
    });
    await download(chunked.url);
    expect(await layersIn(target)).toEqual(parseNetwork(whole).layers);
  });

  it('follows relative and absolute redirects', async () => {
    const server = await serveWeights(whole, (request, response) => {
      const hop = Number(/hop=(\d)/.exec(request.url!)?.[1] ?? 0);
      if (hop === 5) return false;
      const place = `/elsewhere?hop=${hop + 1}`;
      response.writeHead(302, { Location: hop % 2 ? new URL(place, server.url).href : place }).end('moved');
      return true;
    });
    await download(server.url);
    expect(await layersIn(target)).toEqual(parseNetwork(whole).layers);
  });

  it('retries if the server is overloaded', async () => {
    const server = await serveWeights(whole, (_request, response, count) => {
      if (count > 3) return false;
      response.writeHead(503).end();
      return true;
    });
    await download(server.url);
    expect(await layersIn(target)).toEqual(parseNetwork(whole).layers);
  });

  const redirect = (location: string) => (_: unknown, response: ServerResponse) => {
    response.writeHead(302, { Location: location }).end();
    return true;
  };
  const answering =
    (status: number, headers: (range: readonly [number, number]) => Record<string, string | number>) =>
    (_request: unknown, response: ServerResponse, _count: number, range: readonly [number, number]) => {
      response.writeHead(status, headers(range)).end(whole.subarray(...range));
      return true;
    };
  it.each([
    ['endless redirects', redirect('/again'), 'redirects more than 5 times'],
    ['a redirect to a file', redirect('file:///etc/passwd'), 'redirects from http:// to file://'],
    ['a redirect to nowhere', redirect('http://'), 'redirects to "http://"'],
    ['a missing file', answering(404, () => ({})), 'answers 404'],
    ['a range without Content-Range', answering(206, () => ({})), '(none) to a request for 0-7'],
    [
      'another range',
      answering(206, ([begin, end]) => ({ 'Content-Range': `bytes ${begin + 1}-${end}/${whole.length}` })),
      'answers with the range bytes 1-8',
    ],
    [
      'a length that is not the range’s',
      answering(206, ([begin, end]) => ({ 'Content-Range': `bytes ${begin}-${end - 1}/99`, 'Content-Length': 7 })),
      'announces 7 bytes for a range of 8',
    ],
    [
      'a size below the range',
      answering(206, ([begin, end]) => ({ 'Content-Range': `bytes ${begin}-${end - 1}/${end - 1}` })),
      'has 7 bytes, expected at least 8',
    ],
    ['a coding', answering(200, () => ({ 'Content-Encoding': 'zstd' })), 'answers in the encoding zstd'],
  ])('rejects %s without a retry', async (_what, misbehave, message) => {
    const server = await serveWeights(whole, misbehave);
    await expect(download(server.url)).rejects.toMatchObject({
      code: 'NETWORK_NOT_FOUND',
      message: expect.stringContaining(message) as string,
    });
    expect(server.ranges.length).toBeLessThan(7);
    expect(await readdir(folder)).not.toContain('vgg.part');
  });

  it.each<[string, () => Uint8Array | Promise<Uint8Array>]>([
    ['garbage', () => Buffer.from('<!doctype html><title>Please log in</title>')],
    [
      'a header longer than the file',
      () => Buffer.concat([Buffer.from([0, 0, 0xf, 0, 0, 0, 0, 0]), whole.subarray(8)]),
    ],
    ['a file that is cut off', () => whole.subarray(0, whole.length - 1)],
    [
      'kernels that do not fit each other',
      () => vggFile((t) => t.filter(({ name }) => !name.startsWith('features.2'))),
    ],
    ['a file without a VGG', () => vggFile((tensors) => tensors.filter(({ name }) => name.startsWith('classifier')))],
  ])('rejects %s', async (_what, file) => {
    const server = await serveWeights(await file());
    await expect(download(server.url)).rejects.toMatchObject({ code: 'NETWORK_INVALID' });
  });

  it('rejects and deletes convolutions with another SHA-256', async () => {
    const server = await serveWeights(whole);
    const sha256 = await download(server.url);
    await expect(download(server.url, { sha256: 'f'.repeat(64) })).rejects.toMatchObject({
      code: 'NETWORK_INVALID',
      message: expect.stringContaining(sha256) as string,
    });
    expect(await readdir(folder)).not.toContain('vgg.part');
    await expect(download(server.url, { sha256 })).resolves.toBe(sha256);
  });

  it('gives up on a silent server after four attempts', async () => {
    const server = await serveWeights(whole, () => true);
    await expect(download(server.url, { idleTimeoutMs: 30 })).rejects.toMatchObject({
      code: 'NETWORK_NOT_FOUND',
      message: expect.stringContaining('0.03 s') as string,
    });
    expect(server.ranges).toHaveLength(4);
  });

  it('reports a refused connection without the secrets of the URL', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await expect(download(`http://127.0.0.1:${port}/vgg?token=hush`)).rejects.toMatchObject({
      code: 'NETWORK_NOT_FOUND',
      message: expect.stringContaining(`http://127.0.0.1:${port}/vgg: ECONNREFUSED`) as string,
    });
  });
});

describe('installNetwork', () => {
  const backend = createOnnxBackend({ threads: 1 });
  const images = [pixels(40, 32, 0)];
  const install = (url: string) =>
    installNetwork(
      { network: { name: 'vgg19', from: { url }, target: networkFile(folder, 'vgg19') }, images },
      backend,
    );

  it('downloads and normalises the network', async () => {
    const server = await serveWeights(whole);
    const sha256 = await install(`${server.url}?token=hush`);
    const recipe = { network: 'vgg19', allowFallback: false, contentLayers: [], styleLayers: [] };
    const { file, ...found } = await locateNetwork(recipe, { cacheDir: folder });
    expect(found).toMatchObject({ name: 'vgg19', isFallback: false, licence: 'CC0', source: server.url });
    const text = await readFile(file, 'latin1');
    expect(parseHeader(await readFile(file)).metadata['imported_from_sha256']).toBe(sha256);
    expect(text).not.toContain('hush');
    expect(await readdir(path.join(folder, 'networks'))).toEqual(['vgg19.safetensors']);
  });

  it('rejects and deletes weights that are not finite', async () => {
    const server = await serveWeights(
      await vggFile((tensors) => tensors.map((t, i) => (i === 2 ? { ...t, values: t.values.map(() => NaN) } : t))),
    );
    await expect(install(server.url)).rejects.toMatchObject({ code: 'NETWORK_INVALID' });
    expect(await readdir(path.join(folder, 'networks'))).toEqual([]);
  });
});
