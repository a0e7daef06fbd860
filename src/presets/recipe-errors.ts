import { UserError } from '../core/errors.js';
import { EngineError } from '../engine/index.js';

/** An engine error that the caller's recipe caused, as a user error. Rethrows any other error. */
export function toUserError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  if (error instanceof EngineError) {
    const { code, message } = error;
    const field = error.field && `recipe.${error.field}`;
    if (code === 'INVALID_RECIPE' || code === 'NETWORK_NOT_FOUND') return new UserError(code, message, field);
    if (code === 'NETWORK_INVALID') {
      const advice = 'Choose another network, or install this one again.';
      return new UserError(code, `The file of the network cannot be used: ${message}. ${advice}`, field);
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
