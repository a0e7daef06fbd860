import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { SessionChange } from '../../progress/feed.js';
import type { SessionRow } from '../../storage/index.js';
import { SessionType } from './session.type.js';

export const SessionChangeKindEnum = { CREATED: 'CREATED', UPDATED: 'UPDATED', DELETED: 'DELETED' } satisfies {
  [K in SessionChange['change']]: K;
};
registerEnumType(SessionChangeKindEnum, {
  name: 'SessionChangeKind',
  description: 'What happened to a session.',
  valuesConfig: {
    CREATED: { description: 'There is a new session.' },
    UPDATED: { description: 'Its status or its description changed, or it made progress.' },
    DELETED: { description: 'It is gone.' },
  },
});

@ObjectType('SessionChange', { description: 'Something happened to a session.' })
export class SessionChangeType implements SessionChange {
  @Field(() => SessionChangeKindEnum, { description: 'What happened.' })
  change!: SessionChange['change'];

  @Field(() => ID, { description: 'Names the session.' })
  id!: string;

  @Field(() => SessionType, { nullable: true, description: 'The session after it; null where it was deleted.' })
  session!: SessionRow | null;

  @Field(() => Boolean, {
    description: 'Changes before this one are lost, because the client was too slow: it should load its list again.',
  })
  gap!: boolean;
}
