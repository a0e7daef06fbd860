import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type GraphQLResolveInfo,
  type SelectionNode,
} from 'graphql';

/** Whether the resolved field's own selection (of an object type) holds a field of this name, through fragments too. */
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
