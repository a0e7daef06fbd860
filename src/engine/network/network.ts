/** Loads VGG networks of any width and depth from safetensors files. */
import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { EngineError } from '../errors.js';
import { headerLength, parseHeader, readTensor, type SafetensorsHeader } from './safetensors.js';
import { planLayers, type ConvLayer, type NetworkShape, type PlannedLayer } from './topology.js';

export interface Network {
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
  /** Shallow to deep. */
  readonly layers: readonly ConvLayer[];
}

/** Reads, checks and hashes a network file. Throws `NETWORK_NOT_FOUND` or `NETWORK_INVALID`. */
export async function loadNetwork(path: string): Promise<Network> {
  return parseNetwork(await readNetworkFile(path));
}

/** Reads a network file. Throws `NETWORK_NOT_FOUND`. */
export async function readNetworkFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new EngineError(
      'NETWORK_NOT_FOUND',
      `The network file ${path} cannot be read. Check the path and its permissions.`,
      'network',
      { cause },
    );
  }
}

/** Reads and checks only the header of a network file. Throws `NETWORK_NOT_FOUND` or `NETWORK_INVALID`. */
export async function readNetworkHeader(path: string): Promise<SafetensorsHeader> {
  const handle = await open(path).catch((cause: unknown) => {
    throw new EngineError(
      'NETWORK_NOT_FOUND',
      `The network file ${path} cannot be read. Check the path and its permissions.`,
      'network',
      { cause },
    );
  });
  try {
    const { size } = await handle.stat();
    const read = async (length: number) => {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(Math.min(length, size)), { position: 0 });
      return buffer.subarray(0, bytesRead);
    };
    return parseHeader(await read(8 + headerLength(await read(8))), size);
  } finally {
    await handle.close();
  }
}

/** Parses a network file. Throws `NETWORK_INVALID`. */
export function parseNetwork(file: Uint8Array): Network {
  const header = parseHeader(file);
  const layers: ConvLayer[] = [];
  for (const planned of planLayers(header.tensors.keys())) {
    layers.push(readLayer(file, header, planned, layers.at(-1)?.outChannels ?? 3));
  }
  return { sha256: sha256Hex(file), layers };
}

/** The shape of the network in a file with this header. Throws `NETWORK_INVALID`. */
export function shapeOf(header: SafetensorsHeader): NetworkShape {
  let inChannels = 3;
  const layers = planLayers(header.tensors.keys()).map((planned) => {
    const outChannels = checkShapes(header, planned, inChannels);
    const layer = { name: planned.name, block: planned.block, inChannels, outChannels };
    inChannels = outChannels;
    return layer;
  });
  return { layers };
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function readLayer(file: Uint8Array, header: SafetensorsHeader, planned: PlannedLayer, inChannels: number): ConvLayer {
  const prefix = `features.${planned.index}`;
  const outChannels = checkShapes(header, planned, inChannels);
  const weight = readTensor(file, header, `${prefix}.weight`);
  const bias = readTensor(file, header, `${prefix}.bias`);
  if (!allFinite(weight) || !allFinite(bias))
    throw new EngineError('NETWORK_INVALID', `${prefix} contains values that are not finite`);
  return { name: planned.name, block: planned.block, inChannels, outChannels, weight, bias };
}

/** Number of a layer's output channels. Throws `NETWORK_INVALID` if kernel, bias and input channels do not match. */
export function checkShapes({ tensors }: SafetensorsHeader, { index }: PlannedLayer, inChannels: number): number {
  const shape = tensors.get(`features.${index}.weight`)!.shape;
  const outChannels = shape[0] ?? 0;
  if (shape.length !== 4 || outChannels === 0 || shape[1] !== inChannels || shape[2] !== 3 || shape[3] !== 3) {
    throw new EngineError(
      'NETWORK_INVALID',
      `features.${index}.weight has shape [${shape.join(', ')}] instead of [channels, ${inChannels}, 3, 3]`,
    );
  }
  const bias = tensors.get(`features.${index}.bias`)?.shape;
  if (bias?.length !== 1 || bias[0] !== outChannels) {
    throw new EngineError(
      'NETWORK_INVALID',
      `features.${index}.bias ${bias ? `has shape [${bias.join(', ')}]` : 'is missing'} for ${outChannels} channels`,
    );
  }
  return outChannels;
}

function allFinite(values: Float32Array): boolean {
  // x - x is 0 if x is finite and NaN otherwise, and NaN propagates through the sum.
  let sum = 0;
  for (const value of values) sum += value - value;
  return sum === 0;
}
