import { Field, ID, InterfaceType } from 'type-graphql';

/** Types by the prefix of their ids (src/storage/ids.ts). */
const NODE_TYPES = { ses: 'Session', img: 'Image', pre: 'Preset' } as const;

/** The type of the object with this id; undefined if the text is not an id of a node. */
export function nodeTypeOf(id: string): (typeof NODE_TYPES)[keyof typeof NODE_TYPES] | undefined {
  const prefix = /^([a-z]+)_/.exec(id)?.[1];
  return prefix !== undefined && prefix in NODE_TYPES ? NODE_TYPES[prefix as keyof typeof NODE_TYPES] : undefined;
}

@InterfaceType('Node', {
  description: 'An object with a globally unique id (Relay), which `node` can fetch.',
  resolveType: ({ id }: NodeType) => nodeTypeOf(id),
})
export abstract class NodeType {
  @Field(() => ID, { description: 'Globally unique id.' })
  id!: string;
}
