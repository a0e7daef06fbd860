import { EngineError } from '../engine/errors.js';
import { UserError } from '../core/errors.js';

/** The engine's complaints about a recipe are the caller's mistakes; anything else is not. */
export function toUserError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  if (error instanceof EngineError) {
    const { code, field } = error;
    if (code === 'INVALID_RECIPE' || code === 'NETWORK_NOT_FOUND' || code === 'NETWORK_INVALID') {
      return new UserError(code, error.message, field && `recipe.${field}`);
    }
  }
  throw error;
}

/** Does some work; what its caller did wrong is added to the mistakes. */
export function collect<T>(mistakes: UserError[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    mistakes.push(toUserError(error));
    return undefined;
  }
}
