/** Which file a recipe's network is: an embedded student, an own file, or VGG19 where it is at hand or can be had. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EngineError } from '../errors.js';
import { checkHasLayers, type Recipe } from '../recipe/recipe.js';
import type { NetworkIdentity } from '../types/run.js';
import { EMBEDDED_NETWORKS, namesIn, networkFile } from './network-cache.js';
import { readNetworkFile, readNetworkHeader, sha256Hex, shapeOf } from '../network/network.js';
import { isNormalised } from './normalise.js';
import { parseHeader } from '../network/safetensors.js';
import type { NetworkShape } from '../network/topology.js';

/** A network at hand: who it is, where its file lies, what it says of itself. */
export interface LocatedNetwork extends NetworkIdentity {
  readonly file: string;
  /** Shallow to deep. */
  readonly layers: readonly string[];
  readonly shape: NetworkShape;
  readonly licence: string | null;
  readonly source: string | null;
}

/** A network that is not at hand as recipes use it, and how to come by it: `installNetwork` does. */
export interface MissingNetwork {
  readonly name: string;
  readonly from: { readonly file: string } | { readonly url: string };
  /** Its file, once it was obtained. */
  readonly target: string;
}

/** Where networks beside the embedded ones are. */
export interface NetworkPlaces {
  /** The file of `vgg19` (EASEL_WEIGHTS), where there is one; it stands above all else. */
  readonly weightsFile?: string | undefined;
  /** Folder of own and downloaded networks (EASEL_CACHE). */
  readonly home?: string | undefined;
  /** Where `vgg19` may be downloaded (EASEL_WEIGHTS_URL), where it may; needs `home`. */
  readonly weightsUrl?: string | undefined;
}

type NetworkWish = Pick<Recipe, 'network' | 'allowFallback'>;

/** The networks that are always known by name; further ones are own files. */
export const NETWORK_NAMES = ['vgg19', ...EMBEDDED_NETWORKS] as const;

/** The network that takes the place of a VGG19 that is not at hand. */
const STAND_IN = 'vgg19-half';

/** The same depth from src/ and from dist/. */
const embedded = (name: string) =>
  fileURLToPath(new URL(`../../../assets/networks/${name}.safetensors`, import.meta.url));

/**
 * Finds the recipe's network, which must be at hand, and checks that it has the recipe's layers.
 * @throws EngineError `NETWORK_NOT_FOUND`, `NETWORK_INVALID`, or `INVALID_RECIPE` for an unknown network or a layer that it lacks
 */
export async function locateNetwork(
  recipe: NetworkWish & Pick<Recipe, 'contentLayers' | 'styleLayers'>,
  places: NetworkPlaces = {},
): Promise<LocatedNetwork> {
  const network = await findNetwork(recipe, places);
  if ('from' in network) {
    throw new EngineError(
      'NETWORK_NOT_FOUND',
      `${network.name} is not at hand; it has to be obtained first`,
      'network',
    );
  }
  checkHasLayers(network.layers, { ...recipe, network: network.name });
  return network;
}

/**
 * Finds the recipe's network, or how to come by it. VGG19 is, in this order: EASEL_WEIGHTS (once it was normalised), the
 * file in EASEL_CACHE, the stand-in where the recipe allows one, a download.
 * @throws EngineError `NETWORK_NOT_FOUND`, `NETWORK_INVALID`, or `INVALID_RECIPE` for an unknown network
 */
export async function findNetwork(
  { network: name, allowFallback }: NetworkWish,
  places: NetworkPlaces,
): Promise<LocatedNetwork | MissingNetwork> {
  if (name === 'vgg19') return await findVgg19(allowFallback, places);
  if (EMBEDDED_NETWORKS.some((own) => own === name)) return await at(embedded(name), name);
  const { home } = places;
  const file = home && networkFile(home, name);
  if (file && (await exists(file))) return await at(file, name);
  const known = [...new Set([...NETWORK_NAMES, ...(home ? await namesIn(home) : [])])];
  throw new EngineError('INVALID_RECIPE', `no network ${name}; there are ${known.join(', ')}`, 'network');
}

async function findVgg19(
  allowFallback: boolean,
  { weightsFile, home, weightsUrl }: NetworkPlaces,
): Promise<LocatedNetwork | MissingNetwork> {
  if (weightsFile) return await findGiven(weightsFile, home);
  const target = home && networkFile(home, 'vgg19');
  if (target && (await exists(target))) return await at(target, 'vgg19');
  // Whoever is content with the stand-in does not want to wait for a download.
  if (allowFallback) return { ...(await at(embedded(STAND_IN), STAND_IN)), isFallback: true };
  if (target && weightsUrl) return { name: 'vgg19', from: { url: weightsUrl }, target };
  throw new EngineError(
    'NETWORK_NOT_FOUND',
    `\`network\` is vgg19, which is not installed. Choose ${STAND_IN}, set \`allowFallback\`, or have the operator install it (easel networks download, or EASEL_WEIGHTS).`,
    'network',
  );
}

/** The file of EASEL_WEIGHTS where it is normalised, else the normalised copy that was made of just this version of it. */
async function findGiven(weightsFile: string, home: string | undefined): Promise<LocatedNetwork | MissingNetwork> {
  if (isNormalised((await readNetworkHeader(weightsFile)).metadata)) return await at(weightsFile, 'vgg19');
  if (!home) throw notNormalised(weightsFile);
  const { size, mtimeMs } = await stat(weightsFile);
  const version = createHash('sha256')
    .update(`${path.resolve(weightsFile)}:${size}:${mtimeMs}`)
    .digest('hex');
  const target = path.join(home, 'normalised', `${version.slice(0, 16)}.safetensors`);
  if (await exists(target)) return await at(target, 'vgg19');
  return { name: 'vgg19', from: { file: weightsFile }, target };
}

async function at(file: string, name: string): Promise<LocatedNetwork> {
  return { ...(await describe(file)), name, isFallback: false };
}

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );

const notNormalised = (file: string) =>
  new EngineError(
    'NETWORK_INVALID',
    `${file} does not say that its mean activations are 1, so loss weights would not mean what they mean elsewhere; ` +
      'bring it in with `npm run networks -- import`',
    'network',
  );

type Description = Omit<LocatedNetwork, 'name' | 'isFallback'>;
const described = new Map<string, Promise<Description>>();

/** Hashing a file takes a tenth of a second, so each version of a file is read once. */
async function describe(file: string): Promise<Description> {
  const { mtimeMs, size } = await stat(file).catch((cause: unknown) => {
    throw new EngineError('NETWORK_NOT_FOUND', `there is no network file ${file}`, 'network', { cause });
  });
  const key = `${file}:${mtimeMs}:${size}`;
  let description = described.get(key);
  if (!description) {
    description = readDescription(file);
    described.set(key, description);
    description.catch(() => described.delete(key));
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
    // The embedded networks name what they were distilled from.
    source: metadata['source'] ?? metadata['teacher'] ?? null,
  };
}
