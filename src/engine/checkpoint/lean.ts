import { FRESH_LBFGS } from '../optimizer/lbfgs.js';
import type { OptimizerState } from '../optimizer/optimizer.js';

/**
 * FULL: a run that goes on from it is the same to the bit. FINAL: what is kept of a run that has ended, without L-BFGS's
 * past changes, which are most of the bytes (2 * history pictures beside two); its line search starts anew without harm.
 * Adam's two moments stay: without them its first step would move every number by the whole learning rate.
 */
export type CheckpointForm = 'FULL' | 'FINAL';

/** What an optimiser leaves to a checkpoint of this form. */
export function stateIn(form: CheckpointForm, state: OptimizerState): OptimizerState {
  return form === 'FULL' || 't' in state ? state : FRESH_LBFGS;
}
