import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { SessionRow, StatusChangeRow } from '../../storage/index.js';
import type { GraphqlContext } from '../context.js';
import { SessionType } from './session.type.js';
import { StatusChangeType } from './status-change.type.js';

/** What a session's life has left behind, and where it came from. */
@Resolver(() => SessionType)
export class LifecycleFieldsResolver {
  @FieldResolver(() => SessionType, {
    nullable: true,
    description: 'The session that it was branched from; null where it was not, or that has been deleted.',
  })
  async parent(@Root() { parentId }: SessionRow, @Ctx() { loaders }: GraphqlContext): Promise<SessionRow | null> {
    return parentId === null ? null : await loaders.session.load(parentId);
  }

  @FieldResolver(() => [StatusChangeType], {
    description: 'The statuses that it came into, oldest first; the latest hundred.',
  })
  async statusHistory(
    @Root() { id }: SessionRow,
    @Ctx() { loaders }: GraphqlContext,
  ): Promise<readonly StatusChangeRow[]> {
    return await loaders.statusHistory.load(id);
  }
}
