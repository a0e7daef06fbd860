import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { GraphqlContext } from '../context.js';
import { NodeType, nodeTypeOf } from './node.type.js';

@Resolver()
export class NodeResolver {
  @Query(() => NodeType, {
    nullable: true,
    description: 'The session, image or preset with this id; null if there is none that the viewer can see.',
  })
  async node(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Id of the object.' }) id: string,
  ): Promise<NodeType | null> {
    switch (nodeTypeOf(id)) {
      case 'Session':
        return await services.sessions.find(viewer, id);
      case 'Image':
        return await services.images.find(viewer, id);
      case 'Preset':
        return await services.presets.findById(viewer, id);
      case undefined:
        return null;
    }
  }
}
