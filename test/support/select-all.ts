import { getNamedType, isAbstractType, isCompositeType, isRequiredArgument, type GraphQLOutputType } from 'graphql';

/** A selection of every field of a type that needs no arguments, and of theirs; each type at most `depth` times in itself. */
export function selectAll(type: GraphQLOutputType, depth = 1, path: readonly string[] = []): string {
  const named = getNamedType(type);
  if (!isCompositeType(named)) return '';
  if (isAbstractType(named)) return '{ __typename }';
  const inside = [...path, named.name];
  const fields = Object.values(named.getFields())
    .filter(({ args }) => !args.some(isRequiredArgument))
    .filter((field) => inside.filter((name) => name === getNamedType(field.type).name).length < depth)
    .map((field) => `${field.name} ${selectAll(field.type, depth, inside)}`);
  return `{ ${fields.join(' ')} }`;
}
