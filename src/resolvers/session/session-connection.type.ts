import { Field, ObjectType } from 'type-graphql';
import type { SessionRow, SessionStatus } from '../../storage/index.js';
import { SessionType } from './session.type.js';

@ObjectType({ description: 'A session in a list.' })
export class SessionEdge {
  @Field(() => String, { description: 'Its position, to be given as `after`. Opaque.' })
  cursor!: string;

  @Field(() => SessionType, { description: 'The session.' })
  node!: SessionRow;
}

@ObjectType({ description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there are sessions beyond this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether this page was reached through `after`.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Position of the first session of the page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Position of the last session of the page.' })
  endCursor!: string | null;
}

/** Its `totalCount` is resolved in session.resolver.ts. */
@ObjectType({ description: 'A page of sessions, newest first.' })
export class SessionConnection {
  @Field(() => [SessionEdge], { description: 'The sessions with their positions.' })
  edges!: readonly SessionEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;

  /** The filter that the page was made with. */
  statuses!: readonly SessionStatus[] | undefined;
}
