import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createOnnxBackend,
  importNetwork,
  loadNetwork,
  locateNetwork,
  normalize,
  resolveRecipe,
  type Network,
} from '../../src/engine/index.js';
import { cachedNetworks, networkFile } from '../../src/engine/install/resolve.js';
import { isNormalised, measureMeans } from '../../src/engine/install/normalise.js';
import { parseHeader, readTensor } from '../../src/engine/network/safetensors.js';
import { writeSafetensors } from '../../src/engine/network/safetensors-writer.js';
import { temporaryFolder } from '../storage/support.js';
import { smallVgg } from './networks.js';
import { embeddedNetwork, pixels } from './reference.js';

const backend = createOnnxBackend({ threads: 1 });
const images = [pixels(40, 32, 0), pixels(32, 48, 3)];
let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

/** Features of an image in every layer. */
async function featuresOf(network: Network) {
  const features = network.layers.map(({ name }) => name);
  const image = normalize(pixels(40, 32, 5));
  return (await backend.capture({ network, pooling: 'MAX', image, features, grams: [] })).features;
}

describe('writeSafetensors', () => {
  it('writes what readTensor reads, and leaves no other file', async () => {
    const file = path.join(folder, 'deep/er.safetensors');
    const tensors = [
      { name: 'a', shape: [2, 3], values: Float32Array.of(1, -2, 0.1, 65504, -0, 1e-30) },
      { name: 'ü', shape: [], values: Float32Array.of(7) },
    ];
    await writeSafetensors(file, tensors, { licence: 'CC0 "quoted"' });
    await writeSafetensors(file, tensors, { licence: 'CC0 "quoted"' });
    const bytes = await readFile(file);
    const header = parseHeader(bytes);
    expect(header.metadata).toEqual({ licence: 'CC0 "quoted"' });
    expect(header.dataStart % 8).toBe(0);
    for (const { name, shape, values } of tensors) {
      expect(header.tensors.get(name)!.shape).toEqual(shape);
      expect(readTensor(bytes, header, name)).toEqual(values);
    }
    expect(await readdir(path.dirname(file))).toEqual(['er.safetensors']);
  });
});

describe('importNetwork', () => {
  const write = async (metadata: Record<string, string> = {}) => {
    const source = path.join(folder, 'source.safetensors');
    const classifier = { name: 'classifier.0.weight', shape: [4], values: new Float32Array(4) };
    await writeSafetensors(source, [classifier, ...smallVgg()], metadata);
    return source;
  };

  it('rescales every layer to a mean activation of 1 and changes nothing else', async () => {
    const source = await write();
    const target = networkFile(folder, 'mine');
    const means = await importNetwork({ source, target, images, metadata: { licence: 'CC0' } }, backend);
    expect(Math.max(...means.values())).toBeGreaterThan(10);
    const before = await loadNetwork(source);
    const after = await loadNetwork(target);
    for (const mean of (await measureMeans(after, backend, images)).values()) expect(mean).toBeCloseTo(1, 2);
    const original = await featuresOf(before);
    const rescaled = await featuresOf(after);
    for (const [layer, mean] of means) {
      const expected = original.get(layer)!.map((value) => value / mean);
      const worst = Math.max(...expected.map((value, i) => Math.abs(value - rescaled.get(layer)![i]!)));
      expect(worst).toBeLessThan(1e-5 * Math.max(...expected));
    }
    const { metadata, tensors } = parseHeader(await readFile(target));
    expect(metadata).toMatchObject({ licence: 'CC0', imported_from_sha256: before.sha256 });
    expect([...tensors.keys()].filter((name) => !name.startsWith('features.'))).toEqual([]);
    expect(await locateNetwork(recipe({ network: 'mine' }), { cacheDir: folder })).toMatchObject({
      name: 'mine',
      sha256: after.sha256,
      licence: 'CC0',
      layers: ['relu1_1', 'relu1_2', 'relu2_1', 'relu2_2', 'relu3_1'],
    });
  });

  it('writes the same bytes for any number of threads', async () => {
    const source = await write();
    const [one, two] = [networkFile(folder, 'one'), networkFile(folder, 'two')];
    await importNetwork({ source, target: one, images }, backend);
    await importNetwork({ source, target: two, images }, createOnnxBackend({ threads: 2 }));
    expect((await readFile(one)).equals(await readFile(two))).toBe(true);
  });

  it('does not rescale a network whose metadata state that it is normalised', async () => {
    const source = embeddedNetwork('vgg19-quarter');
    const target = networkFile(folder, 'copy');
    await importNetwork({ source, target, images }, backend);
    const [before, after] = [await loadNetwork(source), await loadNetwork(target)];
    for (const [i, { weight, bias }] of before.layers.entries()) {
      const same = (a: Float32Array, b: Float32Array) => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));
      expect(same(after.layers[i]!.weight, weight) && same(after.layers[i]!.bias, bias)).toBe(true);
    }
    expect(parseHeader(await readFile(target)).metadata['licence']).toMatch(/^CC BY 4.0/);
  });

  it('recognises only a mean activation of 1 as normalised', () => {
    for (const [says, means] of [
      ['mean activation 1', true],
      ['mean 1.0', true],
      ['mean activation 1.7', false],
      ['mean 0.1', false],
      ['mean 11', false],
    ] as const) {
      expect([says, isNormalised({ activations: says })]).toEqual([says, means]);
    }
  });

  it('rejects a layer that is never active', async () => {
    const source = path.join(folder, 'dead.safetensors');
    const dead = smallVgg().map((tensor) => ({ ...tensor, values: tensor.values.map((v) => -Math.abs(v)) }));
    await writeSafetensors(source, dead, {});
    const target = networkFile(folder, 'dead');
    await expect(importNetwork({ source, target, images }, backend)).rejects.toMatchObject({
      code: 'NETWORK_INVALID',
      message: expect.stringContaining('relu1_2') as string,
    });
    expect(await cachedNetworks(folder)).toEqual([]);
  });
});

const recipe = (overrides: { network: string }) => ({
  ...resolveRecipe('balanced', overrides),
  contentLayers: [],
  styleLayers: [],
});

describe('a network in the network cache', () => {
  it.each(['../secret', 'a/b', 'a\\b', '.hidden', '', 'x'.repeat(65), 'new\nline'])(
    'have no name like %j',
    async (network) => {
      await expect(locateNetwork(recipe({ network }), { cacheDir: folder })).rejects.toMatchObject({
        code: 'INVALID_RECIPE',
        field: 'network',
      });
    },
  );

  it('is listed in the error about an unknown network', async () => {
    await importNetwork(
      { source: embeddedNetwork('vgg19-quarter'), target: networkFile(folder, 'mine'), images },
      backend,
    );
    await writeFile(path.join(folder, 'networks', '.hidden.safetensors'), '');
    await writeFile(path.join(folder, 'networks', 'notes.txt'), '');
    await expect(locateNetwork(recipe({ network: 'yours' }), { cacheDir: folder })).rejects.toMatchObject({
      message: expect.stringContaining('vgg19, vgg19-half, vgg19-quarter, mine') as string,
    });
  });

  it('has to be normalised', async () => {
    await writeSafetensors(networkFile(folder, 'raw'), smallVgg(), {});
    await expect(locateNetwork(recipe({ network: 'raw' }), { cacheDir: folder })).rejects.toMatchObject({
      code: 'NETWORK_INVALID',
      message: expect.stringContaining('npm run networks -- import') as string,
    });
  });

  it('is used as vgg19 if that is its name', async () => {
    await importNetwork(
      { source: embeddedNetwork('vgg19-quarter'), target: networkFile(folder, 'vgg19'), images },
      backend,
    );
    expect(await locateNetwork(recipe({ network: 'vgg19' }), { cacheDir: folder })).toMatchObject({
      name: 'vgg19',
      isFallback: false,
    });
  });

  it('does not replace an embedded network', async () => {
    await mkdir(path.join(folder, 'networks'));
    await writeFile(networkFile(folder, 'vgg19-half'), 'nonsense');
    expect(await locateNetwork(recipe({ network: 'vgg19-half' }), { cacheDir: folder })).toMatchObject({
      file: embeddedNetwork('vgg19-half'),
    });
  });
});
