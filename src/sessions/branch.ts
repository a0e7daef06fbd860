import type { SessionRow } from '../storage/index.js';
import { UserError } from '../core/errors.js';
import type { ChosenNetwork } from '../engine/install/networks.js';

/** What a new session takes over from another. */
export interface Branch {
  /** Its recipe is what is overridden, unless a preset is named. */
  readonly parent: SessionRow;
  /** Whether the run begins with the parent's kept state. */
  readonly takesState: boolean;
}

/** What keeps a new session from going on from the parent's kept state. */
export function checkState(
  parent: SessionRow,
  size: { readonly width: number; readonly height: number },
  network: ChosenNetwork,
): UserError[] {
  const errors: UserError[] = [];
  if (size.width !== parent.width || size.height !== parent.height) {
    errors.push(
      new UserError(
        'CHECKPOINT_MISMATCH',
        `The kept state has ${parent.width}x${parent.height} pixels, the new session ${size.width}x${size.height}; keep size and content, or branch from RESULT.`,
        'recipe.size',
      ),
    );
  }
  if (network.sha256 !== parent.networkSha256) {
    errors.push(
      new UserError(
        'CHECKPOINT_MISMATCH',
        `The kept state was made with ${parent.networkName}, the new session runs with ${network.name}; keep the network, or branch from RESULT.`,
        'recipe.network',
      ),
    );
  }
  return errors;
}
