import { GraphQLError, visit, type DocumentNode, type StringValueNode } from 'graphql';

/** Levels of a variable's value that are looked through; no input type is deeper. */
const MAX_DEPTH = 20;

/**
 * Finds text that no database stores unchanged: a lone surrogate, which is half a character, or the character NUL. Null where
 * the document and its variables have none. Both transports refuse an operation that has, before it is executed.
 */
export function findBadText(
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): GraphQLError | null {
  let found: GraphQLError | null = null;
  visit(document, {
    StringValue(node) {
      if (!found && isBad(node.value)) found = badText('A string in the document', undefined, node);
    },
  });
  return found ?? findInVariables(variables ?? {});
}

function findInVariables(variables: Readonly<Record<string, unknown>>): GraphQLError | null {
  const stack: { value: unknown; path: string; depth: number }[] = [{ value: variables, path: '', depth: 0 }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { value, path, depth } = next;
    if (typeof value === 'string' && isBad(value)) return badText(`The variable "${path}"`, path);
    if (typeof value !== 'object' || value === null) continue;
    if (depth > MAX_DEPTH) {
      return new GraphQLError(`The variable "${path}" is nested more than ${MAX_DEPTH} levels deep. Flatten it.`, {
        extensions: { code: 'BAD_USER_INPUT', field: path },
      });
    }
    for (const [key, child] of Object.entries(value)) {
      if (isBad(key)) return badText(`A name in the variable "${path}"`, path);
      stack.push({ value: child, path: path ? `${path}.${key}` : key, depth: depth + 1 });
    }
  }
  return null;
}

function isBad(text: string): boolean {
  return !text.isWellFormed() || text.includes('\0');
}

function badText(what: string, field: string | undefined, node?: StringValueNode) {
  const message = `${what} contains the character NUL or half of a surrogate pair, which cannot be stored. Remove it.`;
  return new GraphQLError(message, { nodes: node, extensions: { code: 'BAD_USER_INPUT', field } });
}
