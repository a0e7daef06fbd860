/** What resolvers do with their arguments and their selection. */
import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type GraphQLResolveInfo,
  type SelectionNode,
} from 'graphql';
import { SERVED_SIZES } from '../images/image-service.js';

type OmitNulls<T> = { [K in keyof T]: Exclude<T[K], null> };

/** The input without its `null`s: services treat a field that is `null` like one that is omitted. */
export function omitNulls<T extends object>(input: T): OmitNulls<T> {
  const given = Object.entries(input).filter(([, value]) => value !== null);
  return Object.fromEntries(given) as OmitNulls<T>;
}

/** The smallest served size that is not below the requested one, pixels; the largest if all are below. */
export function servedSize(requested: number): number {
  return SERVED_SIZES.find((size) => size >= requested) ?? SERVED_SIZES[SERVED_SIZES.length - 1]!;
}

/** Whether the operation selects a field of this name in the resolved object, directly or through fragments. */
export function selects(info: GraphQLResolveInfo, name: string): boolean {
  return info.fieldNodes.some(({ selectionSet }) => anySelects(selectionSet?.selections ?? [], name, info));
}

function anySelects(selections: readonly SelectionNode[], name: string, info: GraphQLResolveInfo): boolean {
  return selections.some((selection) => {
    if (!isIncluded(selection, info)) return false;
    switch (selection.kind) {
      case Kind.FIELD:
        return selection.name.value === name;
      case Kind.INLINE_FRAGMENT:
        return anySelects(selection.selectionSet.selections, name, info);
      case Kind.FRAGMENT_SPREAD:
        return anySelects(info.fragments[selection.name.value]!.selectionSet.selections, name, info);
    }
  });
}

function isIncluded(selection: SelectionNode, { variableValues }: GraphQLResolveInfo): boolean {
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, variableValues);
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, variableValues);
  return skip?.if !== true && include?.if !== false;
}
