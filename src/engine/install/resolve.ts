/** From a recipe's network name to a file: an embedded student, a file of the operator, or VGG19 if it is installed. */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LRUCache } from 'lru-cache';
import { EngineError } from '../errors.js';
import { readNetworkFile, readNetworkHeader, sha256Hex, shapeOf } from '../network/network.js';
import { parseHeader } from '../network/safetensors.js';
import { VGG19_SHAPE, type NetworkShape } from '../network/topology.js';
import { checkHasLayers, type Recipe } from '../recipe/recipe.js';
import type { NetworkIdentity } from '../types/run.js';
import { isNormalised } from './normalise.js';

/** An installed network: its identity, its file and what the file's header says. */
export interface InstalledNetwork extends NetworkIdentity {
  readonly file: string;
  /** Shallow to deep. */
  readonly layers: readonly string[];
  readonly shape: NetworkShape;
  readonly licence: string | null;
  readonly source: string | null;
}

/** A network that `installNetwork` can install. */
export interface MissingNetwork {
  readonly name: string;
  /** A file to normalise, or the URL of a download. */
  readonly from: { readonly file: string } | { readonly url: string };
  /** Path of the file to write. */
  readonly target: string;
}

/** Where networks are, apart from the embedded ones. */
export interface NetworkPlaces {
  /** File of `vgg19` (EASEL_WEIGHTS); takes precedence over all else. */
  readonly weightsFile?: string | undefined;
  /** The network cache (EASEL_CACHE): `networks/<name>.safetensors`, downloaded or imported. */
  readonly cacheDir?: string | undefined;
  /** Download URL of `vgg19` (EASEL_WEIGHTS_URL); needs `cacheDir`. Without it nothing is downloaded. */
  readonly weightsUrl?: string | undefined;
}

/** A network that recipes may name. */
export interface NetworkStatus {
  readonly name: string;
  /** SHA-256 of the file, hexadecimal; null if the network is not installed or its file is invalid. */
  readonly sha256: string | null;
  /** Shallow to deep; empty if the network is not installed. */
  readonly layers: readonly string[];
  readonly licence: string | null;
  readonly source: string | null;
}

/** The network of a new session. */
export interface SelectedNetwork {
  readonly name: string;
  /** Null if the network has to be installed first; `name` is then the requested one. */
  readonly sha256: string | null;
  readonly isFallback: boolean;
  /** Shape of the network; VGG19's if the network has to be installed first. */
  readonly shape: NetworkShape;
}

/** Networks that are part of the program. */
export const EMBEDDED_NETWORKS = ['vgg19-half', 'vgg19-quarter'] as const;

/** Networks that every installation knows; further ones are files in the network cache. */
export const NETWORK_NAMES = ['vgg19', ...EMBEDDED_NETWORKS] as const;

/** Replaces a VGG19 that is not installed, if the recipe allows a fallback. */
const FALLBACK = 'vgg19-half';

type NetworkRequest = Pick<Recipe, 'network' | 'allowFallback'>;

/** The networks of this server. */
export class Networks {
  constructor(
    private readonly places: NetworkPlaces,
    private readonly installer: { install(network: MissingNetwork, signal: AbortSignal): Promise<void> },
  ) {}

  /** Selects the network of a new session, without installing it. Throws `EngineError`. */
  async select(recipe: Recipe): Promise<SelectedNetwork> {
    const network = await resolveNetwork(recipe, this.places);
    return 'from' in network
      ? { name: network.name, sha256: null, isFallback: false, shape: VGG19_SHAPE }
      : await this.locate(recipe);
  }

  /** As `locate`, but installs a missing network first, which may take minutes. Throws the signal's reason. */
  async install(recipe: Recipe, signal: AbortSignal): Promise<InstalledNetwork> {
    const network = await resolveNetwork(recipe, this.places);
    if ('from' in network) await this.installer.install(network, signal);
    return await this.locate(recipe);
  }

  /** Finds the recipe's network, which must be installed and have the recipe's layers. Throws `EngineError`. */
  async locate(recipe: Recipe): Promise<InstalledNetwork> {
    return await locateNetwork(recipe, this.places);
  }

  async list(): Promise<NetworkStatus[]> {
    return await listNetworks(this.places);
  }
}

/** Every network that recipes may name: the known ones, then those of the network cache. */
export async function listNetworks(places: NetworkPlaces): Promise<NetworkStatus[]> {
  const cached = places.cacheDir ? await cachedNetworks(places.cacheDir) : [];
  return await Promise.all([...new Set([...NETWORK_NAMES, ...cached])].map((name) => statusOf(name, places)));
}

async function statusOf(network: string, places: NetworkPlaces): Promise<NetworkStatus> {
  const found = await resolveNetwork({ network, allowFallback: false }, places).catch(() => null);
  if (!found || 'from' in found) return { name: network, sha256: null, layers: [], licence: null, source: null };
  const { name, sha256, layers, licence, source } = found;
  return { name, sha256, layers, licence, source };
}

/**
 * Finds the recipe's network, which must be installed, and checks that it has the recipe's layers.
 * @throws EngineError `NETWORK_NOT_FOUND`, `NETWORK_INVALID`; `INVALID_RECIPE` for an unknown network or a missing layer
 */
export async function locateNetwork(
  recipe: NetworkRequest & Pick<Recipe, 'contentLayers' | 'styleLayers'>,
  places: NetworkPlaces = {},
): Promise<InstalledNetwork> {
  const network = await resolveNetwork(recipe, places);
  if ('from' in network) {
    throw new EngineError('NETWORK_NOT_FOUND', `${network.name} is not installed. Install it first.`, 'network');
  }
  checkHasLayers(network.layers, { ...recipe, network: network.name });
  return network;
}

/** @throws EngineError `NETWORK_NOT_FOUND`, `NETWORK_INVALID`; `INVALID_RECIPE` for an unknown network */
async function resolveNetwork(
  { network: name, allowFallback }: NetworkRequest,
  places: NetworkPlaces,
): Promise<InstalledNetwork | MissingNetwork> {
  if (name === 'vgg19') return await resolveVgg19(allowFallback, places);
  if (EMBEDDED_NETWORKS.some((embedded) => embedded === name)) return await installed(embeddedFile(name), name);
  const { cacheDir } = places;
  const file = cacheDir && networkFile(cacheDir, name);
  if (file && (await exists(file))) return await installed(file, name);
  const known = [...new Set([...NETWORK_NAMES, ...(cacheDir ? await cachedNetworks(cacheDir) : [])])];
  throw new EngineError(
    'INVALID_RECIPE',
    `There is no network ${JSON.stringify(name)}. Use one of ${known.join(', ')}.`,
    'network',
  );
}

/** In this order: EASEL_WEIGHTS, the network cache, the fallback if the recipe allows it, a download. */
async function resolveVgg19(
  allowFallback: boolean,
  { weightsFile, cacheDir, weightsUrl }: NetworkPlaces,
): Promise<InstalledNetwork | MissingNetwork> {
  if (weightsFile) return await resolveWeightsFile(weightsFile, cacheDir);
  const target = cacheDir && networkFile(cacheDir, 'vgg19');
  if (target && (await exists(target))) return await installed(target, 'vgg19');
  // A recipe that allows the fallback does not wait for a download.
  if (allowFallback) return { ...(await installed(embeddedFile(FALLBACK), FALLBACK)), isFallback: true };
  if (target && weightsUrl) return { name: 'vgg19', from: { url: weightsUrl }, target };
  throw new EngineError(
    'NETWORK_NOT_FOUND',
    `The network vgg19 is not installed. Set EASEL_WEIGHTS to its safetensors file, run "npm run networks -- download", use the network ${FALLBACK}, or set \`allowFallback\`.`,
    'network',
  );
}

/** The file of EASEL_WEIGHTS if it is normalised, else the normalised copy of this version of the file. */
async function resolveWeightsFile(
  weightsFile: string,
  cacheDir: string | undefined,
): Promise<InstalledNetwork | MissingNetwork> {
  if (isNormalised((await readNetworkHeader(weightsFile)).metadata)) return await installed(weightsFile, 'vgg19');
  if (!cacheDir) throw notNormalised(weightsFile);
  const { size, mtimeMs } = await stat(weightsFile);
  const version = createHash('sha256')
    .update(`${path.resolve(weightsFile)}:${size}:${mtimeMs}`)
    .digest('hex');
  const target = path.join(cacheDir, 'normalised', `${version.slice(0, 16)}.safetensors`);
  if (await exists(target)) return await installed(target, 'vgg19');
  return { name: 'vgg19', from: { file: weightsFile }, target };
}

async function installed(file: string, name: string): Promise<InstalledNetwork> {
  return { ...(await describe(file)), name, isFallback: false };
}

const notNormalised = (file: string) =>
  new EngineError(
    'NETWORK_INVALID',
    `${file} does not state that its mean activations are 1, so loss weights would have another meaning. Import it with "npm run networks -- import".`,
    'network',
  );

type Description = Omit<InstalledNetwork, 'name' | 'isFallback'>;

/** Hashing a file takes a tenth of a second, so each version of a file is read once. */
const descriptions = new LRUCache<string, Promise<Description>>({ max: 50 });

async function describe(file: string): Promise<Description> {
  const { mtimeMs, size } = await stat(file).catch((cause: unknown) => {
    throw new EngineError('NETWORK_NOT_FOUND', `There is no network file ${file}.`, 'network', { cause });
  });
  const key = `${file}:${mtimeMs}:${size}`;
  let description = descriptions.get(key);
  if (!description) {
    description = readDescription(file);
    descriptions.set(key, description);
    description.catch(() => descriptions.delete(key));
  }
  return description;
}

async function readDescription(file: string): Promise<Description> {
  const bytes = await readNetworkFile(file);
  const header = parseHeader(bytes);
  const { metadata } = header;
  if (!isNormalised(metadata)) throw notNormalised(file);
  const shape = shapeOf(header);
  return {
    file,
    sha256: sha256Hex(bytes),
    layers: shape.layers.map(({ name }) => name),
    shape,
    licence: metadata['licence'] ?? null,
    // An embedded network names the network that it was distilled from.
    source: metadata['source'] ?? metadata['teacher'] ?? null,
  };
}

const EXTENSION = '.safetensors';
/** Starts with a letter or digit and has no separator, so no name leads out of the folder or to a hidden file. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Path of a network in the network cache, whether it exists or not.
 * @throws EngineError `INVALID_RECIPE` if `name` is not a valid name
 */
export function networkFile(cacheDir: string, name: string): string {
  if (!NAME.test(name)) {
    throw new EngineError(
      'INVALID_RECIPE',
      `${JSON.stringify(name)} is not a valid network name. Use 1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.`,
      'network',
    );
  }
  return path.join(cacheDir, 'networks', name + EXTENSION);
}

/** Names of the networks in the network cache, sorted. */
export async function cachedNetworks(cacheDir: string): Promise<string[]> {
  const files = await readdir(path.join(cacheDir, 'networks')).catch(() => []);
  return files
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .filter((name) => NAME.test(name))
    .sort();
}

/** src/ and dist/ are equally deep. */
const embeddedFile = (name: string) =>
  fileURLToPath(new URL(`../../../assets/networks/${name}${EXTENSION}`, import.meta.url));

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );
