/** Finds a VGG's convolutions in a safetensors file and packs them into a file without gaps. */
import { EngineError } from '../errors.js';
import { checkShapes } from '../network/network.js';
import type { SafetensorsHeader, TensorEntry } from '../network/safetensors.js';
import { planLayers } from '../network/topology.js';

/** Contiguous bytes [begin, end) of the source's data. */
export interface DataRun {
  readonly begin: number;
  readonly end: number;
}

export interface ConvolutionLayout {
  /** Tensors of the target file, in the order of the source's data. */
  readonly entries: readonly (readonly [name: string, entry: TensorEntry])[];
  /** Byte ranges to download, in order. */
  readonly runs: readonly DataRun[];
  /** Bytes of all runs together. */
  readonly byteLength: number;
}

/** Three times the convolutions of a VGG19. */
const MAX_BYTES = 256 * 2 ** 20;

/** @throws EngineError `NETWORK_INVALID` if the file holds no VGG, or if tensors overlap */
export function layOutConvolutions(header: SafetensorsHeader): ConvolutionLayout {
  let channels = 3;
  const names = planLayers(header.tensors.keys()).flatMap((planned) => {
    channels = checkShapes(header, planned, channels);
    return [`features.${planned.index}.weight`, `features.${planned.index}.bias`];
  });
  const sources = names
    .map((name) => ({ name, ...header.tensors.get(name)! }))
    .sort((a, b) => a.offsets[0] - b.offsets[0]);
  const entries: [string, TensorEntry][] = [];
  const runs: { begin: number; end: number }[] = [];
  let byteLength = 0;
  for (const { name, dtype, shape, offsets } of sources) {
    const [begin, end] = offsets;
    const last = runs.at(-1);
    if (last && begin < last.end) throw new EngineError('NETWORK_INVALID', `${name} overlaps another tensor`);
    if (last?.end === begin) last.end = end;
    else runs.push({ begin, end });
    entries.push([name, { dtype, shape, offsets: [byteLength, byteLength + end - begin] }]);
    byteLength += end - begin;
  }
  if (byteLength > MAX_BYTES) {
    throw new EngineError('NETWORK_INVALID', `the convolutions have ${byteLength} bytes; the maximum is ${MAX_BYTES}`);
  }
  return { entries, runs, byteLength };
}
