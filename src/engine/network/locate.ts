/** Which file a recipe's network is: the embedded students, or VGG19 where the operator has it. */
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { EngineError } from '../errors.js';
import type { Recipe } from '../recipe/recipe.js';
import type { NetworkIdentity } from '../types.js';
import { readNetworkFile, sha256Hex } from './network.js';
import { parseHeader } from './safetensors.js';
import { planLayers } from './topology.js';

/** A network at hand: who it is, where its file lies, which layers it has. */
export interface LocatedNetwork extends NetworkIdentity {
  readonly file: string;
  /** Shallow to deep. */
  readonly layers: readonly string[];
}

/** Names that a recipe's `network` may hold. */
export const NETWORK_NAMES = ['vgg19', 'vgg19-half', 'vgg19-quarter'] as const;

/** The network that takes the place of a VGG19 that is not at hand. */
const STAND_IN = 'vgg19-half';

/** The same depth from src/ and from dist/. */
const embedded = (name: string) =>
  fileURLToPath(new URL(`../../../assets/networks/${name}.safetensors`, import.meta.url));

/**
 * Finds the recipe's network and checks that it has the recipe's layers.
 * @param weightsFile the file of `vgg19` (EASEL_WEIGHTS), where there is one
 * @throws EngineError `NETWORK_NOT_FOUND`, `NETWORK_INVALID`, or `INVALID_RECIPE` for an unknown network or a layer that it lacks
 */
export async function locateNetwork(
  recipe: Pick<Recipe, 'network' | 'allowStandIn' | 'contentLayers' | 'styleLayers'>,
  weightsFile?: string,
): Promise<LocatedNetwork> {
  const network = await locate(recipe, weightsFile);
  for (const field of ['contentLayers', 'styleLayers'] as const) {
    const missing = recipe[field].find(({ layer }) => !network.layers.includes(layer));
    if (missing) {
      throw new EngineError(
        'INVALID_RECIPE',
        `${network.name} has no layer ${missing.layer}; its deepest is ${network.layers.at(-1)}`,
        field,
      );
    }
  }
  return network;
}

async function locate(recipe: Pick<Recipe, 'network' | 'allowStandIn'>, weightsFile?: string): Promise<LocatedNetwork> {
  if (!NETWORK_NAMES.some((name) => name === recipe.network)) {
    throw new EngineError(
      'INVALID_RECIPE',
      `no network ${recipe.network}; there are ${NETWORK_NAMES.join(', ')}`,
      'network',
    );
  }
  if (recipe.network !== 'vgg19')
    return { ...(await describe(embedded(recipe.network))), name: recipe.network, standIn: false };
  if (weightsFile) return { ...(await describe(weightsFile)), name: 'vgg19', standIn: false };
  if (recipe.allowStandIn) return { ...(await describe(embedded(STAND_IN))), name: STAND_IN, standIn: true };
  throw new EngineError(
    'NETWORK_NOT_FOUND',
    `vgg19 is not at hand: set EASEL_WEIGHTS to its safetensors file, choose network ${STAND_IN}, or allow the stand-in`,
    'network',
  );
}

type Description = Pick<LocatedNetwork, 'file' | 'sha256' | 'layers'>;
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
  const layers = planLayers(parseHeader(bytes).tensors.keys()).map(({ name }) => name);
  return { file, sha256: sha256Hex(bytes), layers };
}
