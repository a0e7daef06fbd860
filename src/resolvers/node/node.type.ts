import { Field, ID, InterfaceType } from 'type-graphql';

/** What ids begin with (src/storage/ids.ts), and what they name. */
const NODE_TYPES = { ses: 'Session', img: 'Image', pre: 'Preset' } as const;

/** The type that an id names; undefined of a text that is no id. */
export function nodeTypeOf(id: string): (typeof NODE_TYPES)[keyof typeof NODE_TYPES] | undefined {
  const prefix = /^([a-z]+)_/.exec(id)?.[1];
  return prefix !== undefined && prefix in NODE_TYPES ? NODE_TYPES[prefix as keyof typeof NODE_TYPES] : undefined;
}

@InterfaceType('Node', {
  description: 'Whatever has an id of its own and can be asked for by it.',
  resolveType: ({ id }: NodeType) => nodeTypeOf(id),
})
export abstract class NodeType {
  @Field(() => ID, { description: 'Names it among everything that there is.' })
  id!: string;
}
