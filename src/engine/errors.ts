/** Stable codes of the engine's errors. */
export type EngineErrorCode =
  /** A recipe field is out of range or contradicts another field; `field` names it. */
  | 'INVALID_RECIPE'
  /** The network's file is missing. */
  | 'NETWORK_NOT_FOUND'
  /** The network's file is not a valid VGG. */
  | 'NETWORK_INVALID'
  /** The losses or the gradient are not finite. */
  | 'DIVERGED'
  /** The backend failed (out of memory, unsupported operation). */
  | 'BACKEND_FAILED'
  /** A mask leaves almost no area to paint; `field` names the mask: `styles.0.mask`, `keepMask`. */
  | 'INVALID_MASK'
  /** A checkpoint is damaged or belongs to another run. */
  | 'CHECKPOINT_INVALID'
  /** The engine process ended unexpectedly: killed, out of memory or a native crash. */
  | 'ENGINE_CRASHED';

/** An error of the engine. `field` names the recipe field that caused the error, if any. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly code: EngineErrorCode,
    message: string,
    readonly field?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
