import { sha256Hex, type Network } from '../network/network.js';
import type { Recipe } from '../recipe/recipe.js';
import type { Continuation } from '../schedule/pyramid.js';

/** What a run must agree in with the one that it goes on from. */
export interface RunFingerprint {
  /** SHA-256 of the recipe's JSON, with the continuation's where there is one, hexadecimal. */
  readonly recipe: string;
  /** SHA-256 of the network's file, hexadecimal. */
  readonly network: string;
  /** The finished picture's size, pixels. */
  readonly width: number;
  readonly height: number;
}

export function fingerprint(
  recipe: Recipe,
  { sha256 }: Pick<Network, 'sha256'>,
  { width, height }: { readonly width: number; readonly height: number },
  continuation?: Continuation,
): RunFingerprint {
  const determined = JSON.stringify(continuation ? { recipe, continuation } : recipe);
  return { recipe: sha256Hex(Buffer.from(determined)), network: sha256, width, height };
}
