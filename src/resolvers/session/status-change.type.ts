import { Field, GraphQLISODateTime, ObjectType } from 'type-graphql';
import type { SessionStatus, StatusChangeRow } from '../../storage/index.js';
import { SessionStatusEnum } from './session.type.js';

@ObjectType('StatusChange', { description: 'A status that a session came into.' })
export class StatusChangeType implements Pick<StatusChangeRow, 'status' | 'at'> {
  @Field(() => SessionStatusEnum, { description: 'The status.' })
  status!: SessionStatus;

  @Field(() => GraphQLISODateTime, { description: 'When it came into it.' })
  at!: Date;
}
