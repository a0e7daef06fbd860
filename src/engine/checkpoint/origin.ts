import { sha256Hex, type Network } from '../network/network.js';
import type { Recipe } from '../recipe/recipe.js';
import type { Leg } from '../schedule/leg.js';

/** What a run must agree in with the one that it goes on from. */
export interface CheckpointOrigin {
  /** SHA-256 of the recipe's JSON, with the leg's where there is one, hexadecimal. */
  readonly recipe: string;
  /** SHA-256 of the network's file, hexadecimal. */
  readonly network: string;
  /** The finished picture's size, pixels. */
  readonly width: number;
  readonly height: number;
}

export function originOf(
  recipe: Recipe,
  { sha256 }: Pick<Network, 'sha256'>,
  { width, height }: { readonly width: number; readonly height: number },
  leg?: Leg,
): CheckpointOrigin {
  const determined = JSON.stringify(leg ? { recipe, leg } : recipe);
  return { recipe: sha256Hex(Buffer.from(determined)), network: sha256, width, height };
}
