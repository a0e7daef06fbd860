import { UserError } from '../core/errors.js';
import { EngineError } from '../engine/index.js';

/** An engine error that the caller's recipe caused, as a user error. Rethrows any other error. */
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

/** Returns what `work` returns; if it throws a user error, adds that to `errors` and returns undefined. */
export function collectError<T>(errors: UserError[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    errors.push(toUserError(error));
    return undefined;
  }
}
