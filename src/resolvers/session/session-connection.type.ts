import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { SessionFilter, SessionOrder, SessionRow } from '../../storage/index.js';
import { SessionType } from './session.type.js';

export const SessionOrderEnum = { NEWEST: 'NEWEST', OLDEST: 'OLDEST' } satisfies { [K in SessionOrder]: K };
registerEnumType(SessionOrderEnum, {
  name: 'SessionOrder',
  description: 'The order of a list of sessions.',
  valuesConfig: {
    NEWEST: { description: 'The latest created first.' },
    OLDEST: { description: 'The first created first.' },
  },
});

@ObjectType({ description: 'A session in a list.' })
export class SessionEdge {
  @Field(() => String, {
    description: 'Its position in this order, to be given as `after` or `before`. Opaque; good for ever.',
  })
  cursor!: string;

  @Field(() => SessionType, { description: 'The session.' })
  node!: SessionRow;
}

@ObjectType({ description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there are sessions beyond this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there are sessions before this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Position of the first session of the page; null of an empty one.',
  })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Position of the last session of the page; null of an empty one.',
  })
  endCursor!: string | null;
}

/** Its `totalCount` is resolved in history.resolver.ts, from the filter. */
@ObjectType({ description: 'A page of sessions (a connection, in Relay’s terms).' })
export class SessionConnection {
  @Field(() => [SessionEdge], { description: 'The sessions with their positions.' })
  edges!: readonly SessionEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;

  filter!: SessionFilter;
}
