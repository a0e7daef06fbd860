import { createRequire } from 'node:module';
import {
  GraphQLError,
  Kind,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { ComplexityEstimator } from 'graphql-query-complexity';

// Imported, the package would bring a second copy of graphql along, whose classes are not ours.
const { fieldExtensionsEstimator, getComplexity, simpleEstimator } = createRequire(import.meta.url)(
  'graphql-query-complexity',
) as typeof import('graphql-query-complexity');

/** How much one operation may ask for. */
export interface Limits {
  /** Levels of nested fields. */
  readonly maxDepth: number;
  /** Points: one a field, times the length of the lists that it is in. */
  readonly maxComplexity: number;
  /** Fields that are asked for under another name. */
  readonly maxAliases: number;
}

/** Tokens of one document: more would cost time before its depth and complexity are known. */
export const MAX_TOKENS = 5000;

interface Operation {
  readonly schema: GraphQLSchema;
  /** Valid against the schema. */
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The schema describes itself to tools; that costs nothing and is deep. */
const introspectionIsFree: ComplexityEstimator = ({ type, field }) =>
  field.name.startsWith('__') || type.name.startsWith('__') ? 0 : undefined;

const byField = fieldExtensionsEstimator();
/** However a field reckons with its arguments, which nobody has checked yet: it never makes up for what others cost. */
const atLeastOne: ComplexityEstimator = (args) => {
  const cost = byField(args);
  return typeof cost === 'number' ? Math.max(1, cost) : cost;
};

/** Whether an operation asks for too much; null where it does not. The same on HTTP and on sockets. */
export function findExcess(operation: Operation, { maxDepth, maxComplexity, maxAliases }: Limits): GraphQLError | null {
  const { schema, document, operationName, variables } = operation;
  const aliases = aliasesOf(document);
  if (aliases > maxAliases) {
    return refusal('TOO_MANY_ALIASES', `The operation has ${aliases} aliases; ${maxAliases} are allowed.`);
  }
  const depth = depthOf(document);
  if (depth > maxDepth) {
    return refusal('QUERY_TOO_DEEP', `The operation is ${depth} levels deep; ${maxDepth} are allowed.`);
  }
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
    // Variables that do not fit their types.
    return refusal('BAD_USER_INPUT', (error as Error).message);
  }
  if (complexity > maxComplexity) {
    return refusal('QUERY_TOO_COMPLEX', `The operation costs ${complexity} points; ${maxComplexity} are allowed.`);
  }
  return null;
}

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** Aliases in the document; a fragment's once, however often it is spread: what they cost is the complexity's matter. */
function aliasesOf(document: DocumentNode): number {
  let count = 0;
  visit(document, { Field: ({ alias }) => void (count += alias ? 1 : 0) });
  return count;
}

/** Levels of fields, of the deepest operation in the document. Fragments of a valid document have no cycles. */
function depthOf(document: DocumentNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  // Each fragment is measured once, however often it is spread.
  const known = new Map<SelectionSetNode, number>();
  const measure = (set: SelectionSetNode | undefined): number => {
    if (!set) return 0;
    let depth = known.get(set);
    if (depth === undefined) known.set(set, (depth = Math.max(...set.selections.map(measureSelection))));
    return depth;
  };
  const measureSelection = (selection: SelectionSetNode['selections'][number]): number => {
    switch (selection.kind) {
      case Kind.FIELD:
        return selection.name.value.startsWith('__') ? 0 : 1 + measure(selection.selectionSet);
      case Kind.INLINE_FRAGMENT:
        return measure(selection.selectionSet);
      case Kind.FRAGMENT_SPREAD:
        return measure(fragments.get(selection.name.value)?.selectionSet);
    }
  };
  return Math.max(
    0,
    ...document.definitions.map((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION ? measure(definition.selectionSet) : 0,
    ),
  );
}
