import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { GraphQLError, type DocumentNode, type GraphQLSchema, type ValidationRule } from 'graphql';
// CommonJS, as for all packages: the ES module would load a second copy of graphql, whose classes do not match.
import complexity, { type ComplexityEstimator } from 'graphql-query-complexity/cjs';

const { fieldExtensionsEstimator, getComplexity, simpleEstimator } = complexity;

/** Limits of one operation. */
export interface Limits {
  /** Levels of nested fields. */
  readonly maxDepth: number;
  /** Points: one per field, multiplied by the lengths of the lists that contain it. */
  readonly maxComplexity: number;
  /** Fields with an alias; those of a fragment count each time it is spread. */
  readonly maxAliases: number;
}

/** Most tokens of a document: parsing and validating more would take too long. */
export const MAX_TOKENS = 5000;

/** Validation rules for both transports. Errors: TOO_MANY_ALIASES, QUERY_TOO_DEEP. */
export function limitRules({ maxAliases, maxDepth }: Limits): ValidationRule[] {
  const aliases = `The operation has more than ${maxAliases} aliases, which is the maximum. Split it into several operations.`;
  const depth = `The operation has more than ${maxDepth} levels of fields, which is the maximum. Select fewer levels.`;
  return [
    maxAliasesRule({
      n: maxAliases,
      allowList: [],
      propagateOnRejection: false,
      onReject: [(context) => context!.reportError(limitError('TOO_MANY_ALIASES', aliases))],
    }),
    maxDepthRule({
      n: maxDepth,
      flattenFragments: true,
      propagateOnRejection: false,
      onReject: [(context) => context!.reportError(limitError('QUERY_TOO_DEEP', depth))],
    }),
  ];
}

interface Operation {
  readonly schema: GraphQLSchema;
  /** Valid against the schema. */
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Introspection costs nothing: clients query the schema with deep documents. */
const introspectionIsFree: ComplexityEstimator = ({ type, field }) =>
  field.name.startsWith('__') || type.name.startsWith('__') ? 0 : undefined;

const byField = fieldExtensionsEstimator();
/** At least 1: complexity functions receive unvalidated arguments and must not return negative costs. */
const atLeastOne: ComplexityEstimator = (args) => {
  const cost = byField(args);
  return typeof cost === 'number' ? Math.max(1, cost) : cost;
};

/** Compares an operation's complexity, which depends on its variables, with the limit. Null if the operation is allowed. */
export function checkComplexity(operation: Operation, { maxComplexity }: Limits): GraphQLError | null {
  const { schema, document, operationName, variables } = operation;
  let complexity: number;
  try {
    complexity = getComplexity({
      schema,
      query: document,
      operationName: operationName ?? undefined,
      variables: { ...variables },
      estimators: [introspectionIsFree, atLeastOne, simpleEstimator({ defaultComplexity: 1 })],
    });
  } catch (error) {
    // The variables do not match their types.
    return limitError('BAD_USER_INPUT', (error as Error).message);
  }
  if (complexity <= maxComplexity) return null;
  const message = `The operation costs ${complexity} points; the maximum is ${maxComplexity}. Select fewer fields or shorter lists.`;
  return limitError('QUERY_TOO_COMPLEX', message);
}

function limitError(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
