/** Installs a network: downloads it if needed, and writes its convolutions with mean activations of 1. */
import { rm } from 'node:fs/promises';
import type { RgbImage } from '../../core/pixels.js';
import type { Backend } from '../backend/backend.js';
import { EngineError } from '../errors.js';
import { parseNetwork, readNetworkFile } from '../network/network.js';
import { parseHeader } from '../network/safetensors.js';
import { writeSafetensors } from '../network/safetensors-writer.js';
import { planLayers } from '../network/topology.js';
import { downloadConvolutions, type DownloadProgress } from './download.js';
import { isNormalised, measureMeans, NORMALISATION, rescale } from './normalise.js';
import type { MissingNetwork } from './resolve.js';

/** Default download of VGG19: torchvision's weights, at a fixed revision. */
export const VGG19_URL =
  'https://huggingface.co/timm/vgg19.tv_in1k/resolve/128d4708565b3a414bcbb9bbad440b2fe37b9f18/model.safetensors';

/** Metadata of a file downloaded from there. */
const VGG19_METADATA = {
  licence: 'BSD-3-Clause',
  source: `VGG19 as trained for torchvision on ImageNet-1k (architecture: arXiv 1409.1556); ${VGG19_URL}`,
} as const;

export interface InstallRequest {
  readonly network: MissingNetwork;
  /** Images on which activations are measured. */
  readonly images: readonly RgbImage[];
  /** SHA-256 that downloaded convolutions must have. */
  readonly sha256?: string | undefined;
}

/**
 * Writes the network's file. An interrupted download leaves `<file>.part`, which the next call resumes.
 * @returns SHA-256 of the downloaded convolutions; null if nothing was downloaded
 * @throws EngineError `NETWORK_NOT_FOUND`, `NETWORK_INVALID`
 */
export async function installNetwork(
  { network: { from, target }, images, sha256 }: InstallRequest,
  backend: Backend,
  onProgress?: (progress: DownloadProgress) => void,
): Promise<string | null> {
  if ('file' in from) {
    await importNetwork({ source: from.file, target, images }, backend);
    return null;
  }
  const part = `${target}.part`;
  const metadata = from.url === VGG19_URL ? VGG19_METADATA : {};
  const downloaded = await downloadConvolutions(part, { url: from.url, sha256, metadata, onProgress });
  try {
    // The hash of the downloaded bytes, so that every machine writes the same file.
    await importNetwork({ source: part, target, images, metadata: { imported_from_sha256: downloaded } }, backend);
  } catch (error) {
    // Otherwise the next call would take the invalid file for a complete download.
    if (error instanceof EngineError && error.code === 'NETWORK_INVALID') await rm(part, { force: true });
    throw error;
  }
  await rm(part, { force: true });
  return downloaded;
}

export interface ImportRequest {
  /** A safetensors file of any VGG, with torchvision's tensor names. Only the convolutions are read. */
  readonly source: string;
  /** Path of the file to write; an existing file is replaced. */
  readonly target: string;
  /** Images on which activations are measured, long side about `MEASURING_SIDE` pixels. */
  readonly images: readonly RgbImage[];
  /** Licence and source; overrides the metadata of the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const INPUT = 'RGB in 0..1, minus (0.485, 0.456, 0.406), over (0.229, 0.224, 0.225)';

/**
 * Writes a network's convolutions, rescaled to mean activations of 1. A file that states that it is normalised is not
 * rescaled.
 * @returns the mean activations before rescaling, by layer, shallow to deep
 * @throws EngineError `NETWORK_NOT_FOUND`, `NETWORK_INVALID`
 */
export async function importNetwork(
  { source, target, images, metadata = {} }: ImportRequest,
  backend: Backend,
): Promise<ReadonlyMap<string, number>> {
  const file = await readNetworkFile(source);
  const header = parseHeader(file);
  const network = parseNetwork(file);
  const { licence, license, source: origin, teacher, normalisation, activations, input } = header.metadata;
  const normalised = isNormalised(header.metadata);
  const means = normalised
    ? new Map(network.layers.map(({ name }) => [name, 1]))
    : await measureMeans(network, backend, images);
  const plan = planLayers(header.tensors.keys());
  const tensors = rescale(network.layers, means).flatMap(({ weight, bias, inChannels, outChannels }, i) => [
    { name: `features.${plan[i]!.index}.weight`, shape: [outChannels, inChannels, 3, 3], values: weight },
    { name: `features.${plan[i]!.index}.bias`, shape: [outChannels], values: bias },
  ]);
  await writeSafetensors(target, tensors, {
    ...defined({ licence: licence ?? license, source: origin ?? teacher, input: input ?? INPUT }),
    normalisation: normalised ? (normalisation ?? activations!) : NORMALISATION,
    imported_from_sha256: network.sha256,
    ...metadata,
  });
  return means;
}

function defined(entries: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
