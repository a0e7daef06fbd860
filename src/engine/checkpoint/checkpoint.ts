import type { AverageState } from '../image/iterate-average.js';
import { sha256Hex, type Network } from '../network/network.js';
import { FRESH_LBFGS } from '../optimizer/lbfgs.js';
import type { OptimizerState } from '../optimizer/optimizer.js';
import type { LayerWeight, Recipe } from '../recipe/recipe.js';
import type { Continuation } from '../schedule/pyramid.js';
import type { Planes, Size } from '../types/run.js';

/**
 * The state of a run after a step: with the request, it determines all further steps. Randomness enters only the initial
 * image, so there is no random state.
 */
export interface Checkpoint {
  readonly fingerprint: RunFingerprint;
  /** As in the step's record. */
  readonly seq: number;
  readonly step: number;
  readonly evaluations: number;
  readonly elapsedMs: number;
  /** Index of the step's scale, from 0. */
  readonly scaleIndex: number;
  /** Number of steps left at this scale; 0 if it has converged. */
  readonly stepsLeft: number;
  /** The iterate, [3, height, width]. Every Float32Array of a checkpoint has the length of its data. */
  readonly image: Planes;
  readonly average: AverageState;
  /** The style layers with their weights at this scale, balanced if the recipe says so. */
  readonly styleLayers: readonly LayerWeight[];
  /** The latest total losses of the scale, for the early stop. */
  readonly totals: readonly number[];
  readonly optimizer: OptimizerState;
}

/** Identifies the run that a checkpoint belongs to. */
export interface RunFingerprint {
  /** SHA-256 of the recipe and the continuation as JSON, hexadecimal. */
  readonly recipe: string;
  /** SHA-256 of the network's file, hexadecimal. */
  readonly network: string;
  /** Size of the result, pixels. */
  readonly width: number;
  readonly height: number;
}

export function fingerprintRun(
  recipe: Recipe,
  { sha256 }: Pick<Network, 'sha256'>,
  { width, height }: Size,
  continuation?: Continuation,
): RunFingerprint {
  const fields = Object.entries(recipe).sort(([a], [b]) => (a < b ? -1 : 1));
  const json = JSON.stringify({ recipe: Object.fromEntries(fields) as object, continuation });
  return { recipe: sha256Hex(Buffer.from(json)), network: sha256, width, height };
}

/**
 * FULL: a resumed run is identical to the bit. FINAL: for runs that have ended; without the history of L-BFGS, which is most
 * of the bytes (2 * history images), so its curvature estimate restarts. Adam's moments are kept: without them, its first
 * step would move every value by the whole learning rate.
 */
export type CheckpointForm = 'FULL' | 'FINAL';

/** The part of an optimiser's state that a checkpoint of this form keeps. */
export function optimizerStateFor(form: CheckpointForm, state: OptimizerState): OptimizerState {
  return form === 'FULL' || 't' in state ? state : FRESH_LBFGS;
}
