import {
  findNetwork,
  locateNetwork,
  NETWORK_NAMES,
  type LocatedNetwork,
  type NetworkPlaces,
} from '../engine/network/locate.js';
import { namesIn } from '../engine/network/home.js';
import type { Recipe } from '../engine/recipe/recipe.js';

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

/** The networks of this server. */
export class Networks {
  constructor(private readonly places: NetworkPlaces) {}

  /** The recipe's network, at hand and with the layers that it wants. Throws `EngineError`. */
  async locate(recipe: Recipe): Promise<LocatedNetwork> {
    return await locateNetwork(recipe, this.places);
  }

  /** Every network that recipes may name: the known ones, then the operator's own. */
  async list(): Promise<NetworkStatus[]> {
    const own = this.places.home ? await namesIn(this.places.home) : [];
    return await Promise.all([...new Set([...NETWORK_NAMES, ...own])].map((name) => this.#status(name)));
  }

  async #status(network: string): Promise<NetworkStatus> {
    const found = await findNetwork({ network, allowStandIn: false }, this.places).catch(() => null);
    if (!found || 'from' in found) return { name: network, sha256: null, layers: [], licence: null, source: null };
    const { name, sha256, layers, licence, source } = found;
    return { name, sha256, layers, licence, source };
  }
}
