import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { UserError, UserErrors } from '../core/errors.js';
import { StorageError } from '../storage/index.js';

/** The user errors in a thrown error; null if the caller did not cause it. */
function userErrorsOf(error: unknown): readonly UserError[] | null {
  if (error instanceof UserErrors) return error.errors;
  if (error instanceof UserError) return [error];
  if (error instanceof StorageError) {
    const { code, message } = error;
    if (code === 'NOT_AN_IMAGE' || code === 'TOO_LARGE' || code === 'TOO_SMALL') {
      return [new UserError(code, message, 'file')];
    }
  }
  return null;
}

/** A user error as plain data: GraphQL would throw an `Error` in a payload. */
type PayloadError = Pick<UserError, 'code' | 'field' | 'message' | 'queuePosition'>;

/** Runs a mutation. User errors become the payload's `errors`; any other error is rethrown. */
export async function withUserErrors<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T | null; readonly errors: readonly PayloadError[] }> {
  try {
    return { value: await work(), errors: [] };
  } catch (error) {
    const errors = userErrorsOf(error);
    if (!errors) throw error;
    return {
      value: null,
      errors: errors.map(({ code, field, message, queuePosition }) => ({ code, field, message, queuePosition })),
    };
  }
}

/**
 * An error as clients see it, over HTTP and WebSocket. User errors keep their code, and GraphQL's own errors about a
 * document are passed on; any other error is logged, and clients receive a general message with the id of the log line.
 */
export function formatError(formatted: GraphQLFormattedError, thrown: unknown, logger: Logger): GraphQLFormattedError {
  const original = thrown instanceof GraphQLError ? (thrown.originalError ?? thrown) : thrown;
  if (original instanceof GraphQLError) {
    // Apollo Server replaces the code of a validation rule's error.
    const { code } = original.extensions;
    return {
      ...formatted,
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED', ...formatted.extensions, ...(code !== undefined && { code }) },
    };
  }
  const [userError] = userErrorsOf(original) ?? [];
  if (userError) return { ...formatted, extensions: { code: userError.code, field: userError.field } };
  const correlationId = randomUUID();
  logger.error({ err: original, path: formatted.path, correlationId }, 'a resolver failed');
  return {
    ...formatted,
    message: 'The server failed. Report the correlationId to its operator: the log line with this id has the reason.',
    extensions: { code: 'INTERNAL_SERVER_ERROR', correlationId },
  };
}
