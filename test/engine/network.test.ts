import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineError, LAYER_NAMES, loadNetwork, locateNetwork, resolveRecipe } from '../../src/engine/index.js';
import { parseNetwork } from '../../src/engine/network/network.js';
import { parseHeader, readTensor } from '../../src/engine/network/safetensors.js';
import { planLayers } from '../../src/engine/network/topology.js';
import { embeddedNetwork } from './reference.js';

/** A safetensors file from a header and its data; `length` overrides the length field. */
function safetensors(header: unknown, data: Uint8Array = new Uint8Array(), length?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

const tensor = (dtype: string, shape: number[], data_offsets: number[]) => ({ t: { dtype, shape, data_offsets } });
const codeOf = (call: () => unknown) => {
  try {
    call();
  } catch (error) {
    return error instanceof EngineError ? error.code : error;
  }
  return undefined;
};

describe('safetensors', () => {
  it('reads float32, float16 and bfloat16', () => {
    const values = [1, -2, 0.5, 65504, -0, 2 ** -24];
    const f32 = new Uint8Array(Float32Array.from(values).buffer);
    const f16 = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x3800, 0x7bff, 0x8000, 0x0001).buffer);
    const bf16 = new Uint8Array(Uint16Array.of(0x3f80, 0xc000, 0x3f00).buffer);
    const read = (dtype: string, data: Uint8Array, count: number) => {
      const file = safetensors(tensor(dtype, [count], [0, data.length]), data);
      return [...readTensor(file, parseHeader(file), 't')];
    };
    expect(read('F32', f32, 6)).toEqual([...Float32Array.from(values)]);
    expect(read('F16', f16, 6)).toEqual(values);
    expect(read('BF16', bf16, 3)).toEqual([1, -2, 0.5]);
  });

  it.each([
    ['a file shorter than the length field', new Uint8Array(4)],
    ['a header longer than the file', safetensors('{}', undefined, 500n)],
    ['a huge header length', safetensors('{}', undefined, 2n ** 63n)],
    ['a header that is no JSON', safetensors('{nonsense')],
    ['a header that is a list', safetensors('[]')],
    ['an unknown type', safetensors(tensor('I64', [1], [0, 8]), new Uint8Array(8))],
    ['a tensor past the end', safetensors(tensor('F32', [2], [0, 8]), new Uint8Array(4))],
    ['offsets in reverse', safetensors(tensor('F32', [0], [4, 0]), new Uint8Array(8))],
    ['a shape that lies about its bytes', safetensors(tensor('F32', [3], [0, 8]), new Uint8Array(8))],
    ['a negative dimension', safetensors(tensor('F32', [-1], [0, 4]), new Uint8Array(4))],
  ])('rejects %s', (_what, file) => {
    expect(codeOf(() => parseHeader(file))).toBe('NETWORK_INVALID');
  });

  it('returns a header or throws NETWORK_INVALID for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect([undefined, 'NETWORK_INVALID']).toContain(codeOf(() => parseHeader(bytes)));
      }),
    );
  });
});

describe('a VGG', () => {
  it('derives its layer names from torchvision indices', () => {
    const indices = [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34];
    const names = planLayers(indices.map((i) => `features.${i}.weight`)).map(({ name }) => name);
    expect(names).toEqual(LAYER_NAMES);
    const vgg16 = [0, 2, 5, 7, 10, 12, 14, 17].map((i) => `features.${i}.weight`);
    expect(planLayers(vgg16).at(-1)!.name).toBe('relu4_1');
  });

  it('is rejected if the tensors are not those of a VGG', () => {
    expect(codeOf(() => planLayers(['classifier.0.weight']))).toBe('NETWORK_INVALID');
    expect(codeOf(() => planLayers(['features.0.weight', 'features.9.weight']))).toBe('NETWORK_INVALID');
    const wrongKernel = { 'features.0.weight': { dtype: 'F16', shape: [1, 3, 1, 1], data_offsets: [0, 6] } };
    expect(codeOf(() => parseNetwork(safetensors(wrongKernel, new Uint8Array(6))))).toBe('NETWORK_INVALID');
  });

  it('is rejected if its file is truncated', async () => {
    const whole = await readFile(embeddedNetwork('vgg19-quarter'));
    expect(codeOf(() => parseNetwork(whole.subarray(0, whole.length - 1)))).toBe('NETWORK_INVALID');
  });

  it.each([
    ['vgg19-half', 2],
    ['vgg19-quarter', 4],
  ])('%s is embedded, with VGG19’s channels divided by %i', async (name, divisor) => {
    const { layers } = await loadNetwork(embeddedNetwork(name));
    expect(layers.map((layer) => layer.outChannels * divisor)).toEqual([
      64, 64, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512, 512,
    ]);
  });
});

describe('locating a network', () => {
  const half = embeddedNetwork('vgg19-half');

  it('finds embedded networks', async () => {
    const found = await locateNetwork(resolveRecipe('balanced'));
    expect(found).toMatchObject({ name: 'vgg19-half', file: half, isFallback: false });
    expect(found.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('falls back to the half network if VGG19 is not installed, and reports it', async () => {
    expect(await locateNetwork(resolveRecipe('classic'))).toMatchObject({ name: 'vgg19-half', isFallback: true });
  });

  it('uses the given file for vgg19', async () => {
    const found = await locateNetwork(resolveRecipe('classic'), { weightsFile: embeddedNetwork('vgg19-quarter') });
    expect(found).toMatchObject({ name: 'vgg19', file: embeddedNetwork('vgg19-quarter'), isFallback: false });
  });

  it.each([
    ['NETWORK_NOT_FOUND', 'network', { network: 'vgg19' }],
    ['INVALID_RECIPE', 'network', { network: 'resnet50' }],
    ['INVALID_RECIPE', 'styleLayers', { styleLayers: [{ layer: 'relu5_4', weight: 1 }] }],
  ])('throws %s with field %s', async (code, field, overrides) => {
    await expect(locateNetwork(resolveRecipe('balanced', overrides))).rejects.toMatchObject({ code, field });
  });

  it('names the missing file', async () => {
    await expect(
      locateNetwork(resolveRecipe('classic'), { weightsFile: '/nowhere/vgg19.safetensors' }),
    ).rejects.toMatchObject({
      code: 'NETWORK_NOT_FOUND',
      message: expect.stringContaining('/nowhere/vgg19.safetensors') as string,
    });
  });
});
