/** Brings a network file of torchvision naming into the form that recipes use: convolutions alone, mean activations 1. */
import type { Backend } from '../backend/backend.js';
import { parseNetwork, readNetworkFile } from '../network/network.js';
import { isNormalised, measureMeans, NORMALISATION, rescale } from './normalise.js';
import { parseHeader } from '../network/safetensors.js';
import { writeSafetensors } from '../network/safetensors-writer.js';
import { planLayers } from '../network/topology.js';
import type { RgbImage } from '../../core/pixels.js';

export interface ImportRequest {
  /** A safetensors file of any VGG; tensors other than its convolutions are left behind. */
  readonly source: string;
  /** Where the result goes; replaced where it exists. */
  readonly target: string;
  /** What activations are measured on, about `MEASURING_SIDE` pixels. */
  readonly pictures: readonly RgbImage[];
  /** Licence, source: stands above what the file says of itself. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const INPUT = 'RGB in 0..1, minus (0.485, 0.456, 0.406), over (0.229, 0.224, 0.225)';

/**
 * Imports a network. A file that says that it is normalised keeps its scale.
 * @returns the mean activations that were divided away, by layer, shallow to deep
 * @throws EngineError `NETWORK_NOT_FOUND`, `NETWORK_INVALID`
 */
export async function importNetwork(
  { source, target, pictures, metadata = {} }: ImportRequest,
  backend: Backend,
): Promise<ReadonlyMap<string, number>> {
  const file = await readNetworkFile(source);
  const header = parseHeader(file);
  const network = parseNetwork(file);
  const { licence, license, source: origin, teacher, normalisation, activations, input } = header.metadata;
  const normalised = isNormalised(header.metadata);
  const means = normalised
    ? new Map(network.layers.map(({ name }) => [name, 1]))
    : await measureMeans(network, backend, pictures);
  const plan = planLayers(header.tensors.keys());
  const tensors = rescale(network.layers, means).flatMap(({ weight, bias, inChannels, outChannels }, i) => [
    { name: `features.${plan[i]!.index}.weight`, shape: [outChannels, inChannels, 3, 3], values: weight },
    { name: `features.${plan[i]!.index}.bias`, shape: [outChannels], values: bias },
  ]);
  await writeSafetensors(target, tensors, {
    ...withoutGaps({ licence: licence ?? license, source: origin ?? teacher, input: input ?? INPUT }),
    normalisation: normalised ? (normalisation ?? activations!) : NORMALISATION,
    imported_from_sha256: network.sha256,
    ...metadata,
  });
  return means;
}

function withoutGaps(entries: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
