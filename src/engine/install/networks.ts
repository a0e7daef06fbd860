import { findNetwork, locateNetwork, NETWORK_NAMES, type LocatedNetwork, type NetworkPlaces } from './locate.js';
import { namesIn } from './network-cache.js';
import { VGG19_SHAPE, type NetworkShape } from '../network/topology.js';
import type { Recipe } from '../recipe/recipe.js';
import type { NetworkInstaller } from './host.js';

/** A network that recipes may name. */
export interface NetworkStatus {
  readonly name: string;
  /** SHA-256 of its file, hexadecimal; null where the network is not at hand or its file is of no use. */
  readonly sha256: string | null;
  /** Shallow to deep; none where it is not at hand. */
  readonly layers: readonly string[];
  readonly licence: string | null;
  readonly source: string | null;
}

/** The network that a new session will run with. */
export interface ChosenNetwork {
  readonly name: string;
  /** Null where it has to be obtained first; then its name says what is wanted. */
  readonly sha256: string | null;
  readonly isFallback: boolean;
  /** What it looks like; VGG19's where it has to be obtained first. */
  readonly shape: NetworkShape;
}

/** The networks of this server. */
export class Networks {
  constructor(
    private readonly places: NetworkPlaces,
    private readonly installer: Pick<NetworkInstaller, 'install'>,
  ) {}

  /** The network for a new session, which does not wait for one that has to be obtained. Throws `EngineError`. */
  async choose(recipe: Recipe): Promise<ChosenNetwork> {
    const found = await findNetwork(recipe, this.places);
    return 'from' in found
      ? { name: found.name, sha256: null, isFallback: false, shape: VGG19_SHAPE }
      : await this.locate(recipe);
  }

  /** As `locate`, but a network that is not at hand is obtained, which may take minutes. Throws the signal's reason. */
  async obtain(recipe: Recipe, signal: AbortSignal): Promise<LocatedNetwork> {
    const found = await findNetwork(recipe, this.places);
    if ('from' in found) await this.installer.install(found, signal);
    return await this.locate(recipe);
  }

  /** The recipe's network, at hand and with the layers that it wants. Throws `EngineError`. */
  async locate(recipe: Recipe): Promise<LocatedNetwork> {
    return await locateNetwork(recipe, this.places);
  }

  async list(): Promise<NetworkStatus[]> {
    return await listNetworks(this.places);
  }
}

/** Every network that recipes may name: the known ones, then the operator's own. */
export async function listNetworks(places: NetworkPlaces): Promise<NetworkStatus[]> {
  const own = places.home ? await namesIn(places.home) : [];
  return await Promise.all([...new Set([...NETWORK_NAMES, ...own])].map((name) => statusOf(name, places)));
}

async function statusOf(network: string, places: NetworkPlaces): Promise<NetworkStatus> {
  const found = await findNetwork({ network, allowFallback: false }, places).catch(() => null);
  if (!found || 'from' in found) return { name: network, sha256: null, layers: [], licence: null, source: null };
  const { name, sha256, layers, licence, source } = found;
  return { name, sha256, layers, licence, source };
}
