/** What can go wrong inside the engine; stable, so that callers may switch on it. */
export type EngineErrorCode =
  /** A recipe field is out of range, unknown or contradicts another; `field` names it. */
  | 'INVALID_RECIPE'
  /** The network's file is missing. */
  | 'NETWORK_NOT_FOUND'
  /** The network's file is not a readable VGG. */
  | 'NETWORK_INVALID'
  /** The losses or the gradient stopped being finite numbers. */
  | 'DIVERGED'
  /** The backend failed (out of memory, unsupported operation). */
  | 'BACKEND_FAILED'
  /** A mask leaves (next to) nothing to paint; `field` names it: `styles.0.mask`, `keepMask`. */
  | 'INVALID_MASK'
  /** A checkpoint cannot be read, or is of another run. */
  | 'CHECKPOINT_INVALID'
  /** The engine process ended without a word: killed, out of memory or a native crash. */
  | 'ENGINE_CRASHED';

/** An error of the engine with a stable code and, where one is to blame, the recipe field. */
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
