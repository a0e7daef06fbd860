import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { AuthError } from '../auth/errors.js';
import { UserError, UserErrors } from '../core/errors.js';
import { StorageError } from '../storage/index.js';

/** The caller's mistakes that an error tells of; null where it is not the caller's fault. */
function mistakesOf(error: unknown): readonly UserError[] | null {
  if (error instanceof UserErrors) return error.errors;
  if (error instanceof UserError) return [error];
  if (error instanceof AuthError) {
    const { code, message, field } = error as AuthError;
    if (code === 'API_KEY_NOT_FOUND' || code === 'INVALID_ARGUMENT') return [new UserError(code, message, field)];
  }
  if (error instanceof StorageError) {
    const { code, message } = error;
    if (code === 'NOT_AN_IMAGE' || code === 'TOO_LARGE' || code === 'TOO_SMALL') {
      return [new UserError(code, message, 'file')];
    }
  }
  return null;
}

/** A mistake as a payload tells of it: no `Error`, which GraphQL would throw. */
type Mistake = Pick<UserError, 'code' | 'field' | 'message' | 'queuePosition'>;

/** Does a mutation's work. The caller's mistakes become the payload's errors; any other error is thrown on. */
export async function withMistakes<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T | null; readonly errors: readonly Mistake[] }> {
  try {
    return { value: await work(), errors: [] };
  } catch (error) {
    const errors = mistakesOf(error);
    if (!errors) throw error;
    const told = errors.map(({ code, field, message, queuePosition }) => ({ code, field, message, queuePosition }));
    return { value: null, errors: told };
  }
}

/**
 * An error as clients see it, on HTTP and on sockets alike. The caller's mistakes keep their code; what GraphQL itself
 * says about a document passes; the rest is logged and told in general terms only, under an id that the log has too.
 */
export function formatError(formatted: GraphQLFormattedError, thrown: unknown, logger: Logger): GraphQLFormattedError {
  const original = thrown instanceof GraphQLError ? (thrown.originalError ?? thrown) : thrown;
  if (original instanceof GraphQLError) {
    return { ...formatted, extensions: { code: 'GRAPHQL_VALIDATION_FAILED', ...formatted.extensions } };
  }
  const [mistake] = mistakesOf(original) ?? [];
  if (mistake) return { ...formatted, extensions: { code: mistake.code, field: mistake.field } };
  const correlationId = randomUUID();
  logger.error({ err: original, path: formatted.path, correlationId }, 'a resolver failed');
  return {
    ...formatted,
    message: 'Something went wrong in the server; its log says more.',
    extensions: { code: 'INTERNAL_SERVER_ERROR', correlationId },
  };
}
