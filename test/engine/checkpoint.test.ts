import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createOnnxBackend,
  decodeCheckpoint,
  encodeCheckpoint,
  loadNetwork,
  resolveRecipe,
  stylize,
  type Checkpoint,
  type RecipeOverrides,
  type StepRecord,
  type StylizeRequest,
} from '../../src/engine/index.js';
import { encodeSafetensors } from '../../src/engine/network/safetensors-writer.js';
import { embeddedNetwork, pixels } from './reference.js';
import type { RgbImage } from '../../src/core/pixels.js';

const backend = createOnnxBackend({ threads: 2 });
const network = await loadNetwork(embeddedNetwork('vgg19-quarter'));

function request(overrides: RecipeOverrides): StylizeRequest {
  return {
    recipe: resolveRecipe('draft', overrides),
    network,
    backend,
    content: pixels(60, 45, 0),
    styles: [{ image: pixels(72, 56, 3), weight: 1 }],
  };
}

interface Finished {
  readonly records: readonly StepRecord[];
  /** One per step, like the checkpoints. */
  readonly images: readonly RgbImage[];
  readonly checkpoints: readonly Uint8Array[];
  readonly result: RgbImage;
}

async function finish(asked: StylizeRequest): Promise<Finished> {
  const run = stylize(asked);
  const records: StepRecord[] = [];
  const images: RgbImage[] = [];
  const checkpoints: Uint8Array[] = [];
  for (;;) {
    const next = await run.next();
    if (next.done) return { records, images, checkpoints, result: next.value };
    const { image, checkpoint, ...record } = next.value;
    records.push(record);
    images.push(image());
    checkpoints.push(checkpoint());
  }
}

const withoutTime = (records: readonly StepRecord[]) => records.map((record) => ({ ...record, elapsedMs: 0 }));

/** Two scales, each with more steps than L-BFGS keeps pairs. */
const LONG = { size: 48, minScale: 32, steps: 26, averageDecay: 0.8, initialImage: 'NOISE' } as const;

describe('a resumed run', () => {
  it.each(['ADAM', 'LBFGS'] as const)('is identical to an uninterrupted run, to the bit (%s)', async (optimizer) => {
    const asked = request({ ...LONG, optimizer });
    const whole = await finish(asked);
    expect(whole.records).toHaveLength(26);
    // First and last of a run and of a scale, before and after the history is full, within a scale.
    for (const cut of [1, 7, 12, 13, 14, 20, 25, 26]) {
      const rest = await finish({ ...asked, resume: whole.checkpoints[cut - 1]! });
      expect(withoutTime(rest.records)).toEqual(withoutTime(whole.records.slice(cut)));
      expect(rest.images).toEqual(whole.images.slice(cut));
      expect(rest.result).toEqual(whole.result);
      // Checkpoints of a resumed run are valid, too.
      const again = rest.checkpoints.at(-1);
      if (again) expect((await finish({ ...asked, resume: again })).result).toEqual(whole.result);
    }
  });

  it('restores the balanced weights and the history of the early stop', async () => {
    const asked = request({ ...LONG, steps: 300, balanceStyleLayers: true, minImprovement: 0.3 });
    const whole = await finish(asked);
    expect(whole.records.length).toBeLessThan(300);
    const cut = whole.records.length - 3;
    const rest = await finish({ ...asked, resume: whole.checkpoints[cut - 1]! });
    expect(withoutTime(rest.records)).toEqual(withoutTime(whole.records.slice(cut)));
    expect(rest.result).toEqual(whole.result);
  });

  it('numbers its records from firstSeq and continues its running time', async () => {
    const asked = request({ size: 32, minScale: 32, steps: 4 });
    const whole = await finish(asked);
    const { records } = await finish({ ...asked, resume: whole.checkpoints[1]!, firstSeq: 100 });
    expect(records.map(({ seq, step }) => [seq, step])).toEqual([
      [100, 3],
      [101, 4],
    ]);
    expect(records[0]!.elapsedMs).toBeGreaterThan(whole.records[1]!.elapsedMs);
  });

  it('takes no further step if the optimiser has converged', async () => {
    const asked = request({ size: 32, minScale: 32, steps: 10_000, contentWeight: 0 });
    const settled = { ...asked, styles: [{ image: asked.content, weight: 1 }] };
    const whole = await finish(settled);
    expect(whole.records.length).toBeLessThan(1000);
    const rest = await finish({ ...settled, resume: whole.checkpoints.at(-1)! });
    expect(rest).toEqual({ records: [], images: [], checkpoints: [], result: whole.result });
  });

  it('rejects a checkpoint of another recipe, network or size', async () => {
    const asked = request({ size: 32, minScale: 32, steps: 2 });
    const [resume] = (await finish(asked)).checkpoints;
    const others: [string, StylizeRequest][] = [
      ['recipe', { ...asked, recipe: { ...asked.recipe, contentWeight: 3 } }],
      ['network', { ...asked, network: { ...network, sha256: '0'.repeat(64) } }],
      ['size: 32x24, not 32x32', { ...asked, content: pixels(50, 50, 0) }],
    ];
    for (const [what, other] of others) {
      await expect(finish({ ...other, resume: resume! })).rejects.toMatchObject({
        code: 'CHECKPOINT_INVALID',
        message: expect.stringContaining(`another ${what}`) as string,
      });
    }
  });
});

const count = fc.nat();
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0);

/** Checkpoints of small sizes with arbitrary numbers and arrays. */
const checkpoints: fc.Arbitrary<Checkpoint> = fc
  .record({ width: fc.integer({ min: 1, max: 4 }), height: fc.integer({ min: 1, max: 4 }) })
  .chain(({ width, height }) => {
    const length = 3 * width * height;
    const planes = fc.float32Array({ minLength: length, maxLength: length });
    const layer = fc.record({ term: fc.constantFrom('content', 'style'), layer: fc.string(), loss: number });
    const losses = fc.record({
      total: number,
      content: number,
      style: number,
      totalVariation: number,
      layers: fc.array(layer, { maxLength: 3 }),
    });
    return fc.record({
      fingerprint: fc.record({ recipe: fc.string(), network: fc.string(), width: count, height: count }),
      seq: count,
      step: count,
      evaluations: count,
      elapsedMs: number,
      scaleIndex: count,
      stepsLeft: count,
      image: fc.record({ width: fc.constant(width), height: fc.constant(height), data: planes }),
      average: fc.record({ sum: planes, weight: number }),
      styleLayers: fc.array(fc.record({ layer: fc.string(), weight: number }), { maxLength: 3 }),
      totals: fc.array(number, { maxLength: 3 }),
      optimizer: fc.oneof(
        fc.record({ t: count, m: planes, v: planes }),
        fc.record({
          pairs: fc.array(fc.record({ s: planes, y: planes, rho: number }), { maxLength: 3 }),
          current: fc.option(fc.record({ losses, gradient: planes })),
        }),
      ),
    });
  }) as fc.Arbitrary<Checkpoint>;

const invalid = expect.objectContaining({ name: 'EngineError', code: 'CHECKPOINT_INVALID' }) as Error;

interface Header {
  readonly tensors: Record<string, unknown>;
  readonly scalars: Record<string, unknown>;
}

function readHeader(file: Uint8Array): Header & { readonly metadata: Record<string, string>; readonly data: Buffer } {
  const bytes = Buffer.from(file);
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata, ...tensors } = JSON.parse(bytes.toString('utf8', 8, end)) as {
    __metadata__: { scalars: string };
  };
  return { tensors, scalars: JSON.parse(metadata.scalars) as Header['scalars'], metadata, data: bytes.subarray(end) };
}

/** The file with another header and the CRC that goes with it. */
function forge(file: Uint8Array, change: (header: Header) => unknown): Uint8Array {
  const { tensors, scalars, metadata, data } = readHeader(file);
  const changed = change({ tensors, scalars }) as Partial<Header> | null;
  const header = Buffer.from(
    JSON.stringify({
      __metadata__: { ...metadata, crc32: '00000000', scalars: JSON.stringify(changed?.scalars ?? null) },
      ...changed?.tensors,
    }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const forged = Buffer.concat([length, header, data]);
  forged.write(crc32(forged).toString(16).padStart(8, '0'), forged.indexOf('00000000'), 'latin1');
  return forged;
}

/** The JSON with its `index`th value, in depth-first order, replaced. */
function replaceValue(tree: unknown, index: number, by: unknown): unknown {
  let left = index;
  const walk = (value: unknown): unknown => {
    if (left-- === 0) return by;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, walk(child)]));
  };
  return walk(tree);
}

describe('the file of a checkpoint', () => {
  it('decodes to an equal checkpoint at any memory alignment', () => {
    fc.assert(
      fc.property(checkpoints, fc.nat(7), (checkpoint, offset) => {
        const bytes = encodeCheckpoint(checkpoint);
        const moved = new Uint8Array(bytes.length + offset).subarray(offset);
        moved.set(bytes);
        expect(decodeCheckpoint(moved)).toEqual(checkpoint);
      }),
    );
  });

  it('is rejected if it is truncated, lengthened or changed in any byte', () => {
    fc.assert(
      fc.property(checkpoints, fc.nat(), fc.integer({ min: 1, max: 255 }), (checkpoint, place, change) => {
        const bytes = encodeCheckpoint(checkpoint);
        const at = place % bytes.length;
        expect(() => decodeCheckpoint(bytes.subarray(0, at))).toThrow(invalid);
        expect(() => decodeCheckpoint(Buffer.concat([bytes, Buffer.of(change)]))).toThrow(invalid);
        bytes[at]! ^= change;
        expect(() => decodeCheckpoint(bytes)).toThrow(invalid);
      }),
    );
  });

  it('is rejected if it is not a checkpoint', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void expectRefused(bytes)));
    expectRefused(encodeSafetensors([], { format: 'easel-checkpoint', version: '1' }));
  });

  it('is rejected with its version if the version is unknown', () => {
    const bytes = Buffer.from(encodeCheckpoint(fc.sample(checkpoints, 1)[0]!));
    bytes.write('9', bytes.indexOf('"version":"') + '"version":"'.length);
    expect(() => decodeCheckpoint(bytes)).toThrow(/version 9/);
  });

  it('decodes to a complete checkpoint or is rejected, for any header', () => {
    const lies = fc.oneof(fc.jsonValue(), fc.double(), fc.maxSafeNat());
    fc.assert(
      fc.property(checkpoints, fc.nat(60), lies, (checkpoint, index, lie) => {
        const forged = forge(encodeCheckpoint(checkpoint), (header) => replaceValue(header, index, lie));
        try {
          encodeCheckpoint(decodeCheckpoint(forged));
        } catch (error) {
          expect(error).toEqual(invalid);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is rejected if any scalar or tensor is missing', () => {
    fc.assert(
      fc.property(checkpoints, (checkpoint) => {
        const bytes = encodeCheckpoint(checkpoint);
        expect(decodeCheckpoint(forge(bytes, (header) => header))).toEqual(checkpoint);
        const { tensors, scalars } = readHeader(bytes);
        for (const name of Object.keys(scalars)) {
          expectRefused(forge(bytes, (header) => ({ ...header, scalars: { ...header.scalars, [name]: undefined } })));
        }
        for (const name of Object.keys(tensors)) {
          expectRefused(forge(bytes, (header) => ({ ...header, tensors: { ...header.tensors, [name]: undefined } })));
        }
      }),
      { numRuns: 20 },
    );
  });
});

function expectRefused(bytes: Uint8Array): void {
  expect(() => decodeCheckpoint(bytes)).toThrow(invalid);
}
