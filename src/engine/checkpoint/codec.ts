/**
 * A checkpoint as a safetensors file. Its arrays are float32 tensors; its scalars are one JSON text in the metadata, with
 * the format's name, its version and the CRC-32 of the file (computed with "00000000" in place of the CRC itself).
 */
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { EngineError } from '../errors.js';
import { parseHeader, readTensor } from '../network/safetensors.js';
import { encodeSafetensors } from '../network/safetensors-writer.js';
import type { OptimizerState } from '../optimizer/optimizer.js';
import type { Checkpoint } from './checkpoint.js';

const FORMAT = 'easel-checkpoint';
const VERSION = '1';
const NO_CRC = '00000000';

const count = z.int().nonnegative();
const number = z.number();

const LOSSES = z.strictObject({
  total: number,
  content: number,
  style: number,
  totalVariation: number,
  layers: z.array(z.strictObject({ term: z.enum(['content', 'style']), layer: z.string(), loss: number })),
});

const SCALARS = z.strictObject({
  fingerprint: z.strictObject({ recipe: z.string(), network: z.string(), width: count, height: count }),
  seq: count,
  step: count,
  evaluations: count,
  elapsedMs: number,
  scaleIndex: count,
  stepsLeft: count,
  averageWeight: number,
  styleLayers: z.array(z.strictObject({ layer: z.string(), weight: number })),
  totals: z.array(number),
  optimizer: z.union([
    z.strictObject({ t: count }),
    z.strictObject({ rhos: z.array(number), losses: LOSSES.nullable() }),
  ]),
});

/** Encodes a copy: later changes of the checkpoint's arrays have no effect. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { image, average, optimizer, ...rest } = checkpoint;
  const state =
    't' in optimizer
      ? { t: optimizer.t }
      : { rhos: optimizer.pairs.map(({ rho }) => rho), losses: optimizer.current?.losses ?? null };
  const scalars = JSON.stringify({ ...rest, averageWeight: average.weight, optimizer: state });
  const shape = [3, image.height, image.width];
  const tensors = [['image', image.data] as const, ['average', average.sum] as const, ...optimizerTensors(optimizer)];
  const file = encodeSafetensors(
    tensors.map(([name, values]) => ({ name, shape, values })),
    { format: FORMAT, version: VERSION, crc32: NO_CRC, scalars },
  );
  file.write(hex(crc32(file)), crcPosition(file), 'latin1');
  return file;
}

function optimizerTensors(state: OptimizerState): (readonly [name: string, values: Float32Array])[] {
  if ('t' in state) {
    return [
      ['adam.m', state.m],
      ['adam.v', state.v],
    ];
  }
  return [
    ...state.pairs.flatMap(({ s, y }, i) => [[`lbfgs.${i}.s`, s] as const, [`lbfgs.${i}.y`, y] as const]),
    ...(state.current ? [['lbfgs.gradient', state.current.gradient] as const] : []),
  ];
}

/**
 * Decodes a checkpoint; its arrays are copies.
 * @throws EngineError `CHECKPOINT_INVALID` if the bytes are not a checkpoint, have another version or are damaged
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  try {
    return decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? 'the metadata are incomplete' : (cause as Error).message;
    throw new EngineError('CHECKPOINT_INVALID', `Invalid checkpoint: ${reason}. Start the run again.`, undefined, {
      cause,
    });
  }
}

function decode(file: Buffer): Checkpoint {
  const header = parseHeader(file);
  const { format, version, scalars } = header.metadata;
  if (format !== FORMAT) throw new Error('the file has another format');
  if (version !== VERSION) throw new Error(`the file has version ${version}, this program reads version ${VERSION}`);
  checkCrc(file);
  const { averageWeight, optimizer, ...rest } = SCALARS.parse(JSON.parse(scalars ?? 'null'));

  const shape = header.tensors.get('image')?.shape ?? [];
  const [channels, height, width] = shape;
  if (channels !== 3 || !height || !width || shape.length > 3) throw new Error('the image has another shape');
  const unread = new Set(header.tensors.keys());
  const read = (name: string): Float32Array => {
    const tensor = header.tensors.get(name);
    if (tensor?.dtype !== 'F32' || tensor.shape.join() !== shape.join())
      throw new Error(`${name} is missing or invalid`);
    unread.delete(name);
    return readTensor(file, header, name);
  };
  const checkpoint: Checkpoint = {
    ...rest,
    image: { width, height, data: read('image') },
    average: { sum: read('average'), weight: averageWeight },
    optimizer:
      't' in optimizer
        ? { t: optimizer.t, m: read('adam.m'), v: read('adam.v') }
        : {
            pairs: optimizer.rhos.map((rho, i) => ({ s: read(`lbfgs.${i}.s`), y: read(`lbfgs.${i}.y`), rho })),
            current: optimizer.losses && { losses: optimizer.losses, gradient: read('lbfgs.gradient') },
          },
  };
  if (unread.size > 0) throw new Error(`unknown tensors ${[...unread].join(', ')}`);
  return checkpoint;
}

const CRC_KEY = '"crc32":"';

/** Position of the CRC's eight hexadecimal digits: the first such key of the header. */
const crcPosition = (file: Buffer) => file.indexOf(CRC_KEY) + CRC_KEY.length;

const hex = (crc: number) => crc.toString(16).padStart(NO_CRC.length, '0');

function checkCrc(file: Buffer): void {
  const begin = crcPosition(file);
  const end = begin + NO_CRC.length;
  const crc = crc32(file.subarray(end), crc32(NO_CRC, crc32(file.subarray(0, begin))));
  if (file.toString('latin1', begin, end) !== hex(crc)) throw new Error('the file is damaged');
}
