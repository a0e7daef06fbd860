import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { SessionFilter, SessionOrder, SessionRow } from '../../storage/index.js';
import { SessionType } from '../session/session.type.js';

export const SessionOrderEnum = { NEWEST: 'NEWEST', OLDEST: 'OLDEST' } satisfies { [K in SessionOrder]: K };
registerEnumType(SessionOrderEnum, {
  name: 'SessionOrder',
  description: 'Order of a list of sessions.',
  valuesConfig: {
    NEWEST: { description: 'By creation time, newest first.' },
    OLDEST: { description: 'By creation time, oldest first.' },
  },
});

@ObjectType({ description: 'A session in a page, with its cursor.' })
export class SessionEdge {
  @Field(() => String, {
    description: 'Position in this order, for `after` or `before`. Opaque; stays valid when sessions are deleted.',
  })
  cursor!: string;

  @Field(() => SessionType, { description: 'The session.' })
  node!: SessionRow;
}

@ObjectType({ description: 'Position of a page in its list (Relay).' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there are sessions after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there are sessions before this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first session; null if the page is empty.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last session; null if the page is empty.' })
  endCursor!: string | null;
}

/** Its `totalCount` is resolved in history.resolver.ts, from the filter. */
@ObjectType({ description: 'A page of sessions (Relay connection).' })
export class SessionConnection {
  @Field(() => [SessionEdge], { description: 'The sessions of the page with their cursors.' })
  edges!: readonly SessionEdge[];

  @Field(() => PageInfo, { description: 'Position of the page in the list.' })
  pageInfo!: PageInfo;

  filter!: SessionFilter;
}
