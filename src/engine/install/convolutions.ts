/** Which parts of a safetensors file a VGG's convolutions are, and how they lie in a file of their own. */
import { EngineError } from '../errors.js';
import { checkShapes } from '../network/network.js';
import type { SafetensorsHeader, TensorEntry } from '../network/safetensors.js';
import { planLayers } from '../network/topology.js';

/** Bytes [begin, end) of the source's data, wanted without a gap. */
export interface DataRun {
  readonly begin: number;
  readonly end: number;
}

export interface ConvolutionLayout {
  /** The convolutions' tensors in the order of the source's data, packed. */
  readonly entries: readonly (readonly [name: string, entry: TensorEntry])[];
  /** Where those data lie in the source, in order. */
  readonly runs: readonly DataRun[];
  /** Bytes of all runs together. */
  readonly byteLength: number;
}

/** Three times a VGG19's convolutions: whatever claims more is none. */
const MAX_BYTES = 256 * 2 ** 20;

/** Lays the convolutions out. Throws `NETWORK_INVALID` where the file holds no VGG, or tensors lie one over the other. */
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
    throw new EngineError(
      'NETWORK_INVALID',
      `the convolutions take ${byteLength} bytes, at most ${MAX_BYTES} are read`,
    );
  }
  return { entries, runs, byteLength };
}
