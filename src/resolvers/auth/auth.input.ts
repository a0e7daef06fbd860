import { Field, GraphQLISODateTime, ID, InputType } from 'type-graphql';
import { MAX_KEY_NAME } from '../../auth/api-keys.js';
import type { KeyRole } from '../../storage/index.js';
import { RoleEnum } from './auth.type.js';

@InputType({ description: 'Input of a new API key.' })
export class CreateApiKeyInput {
  @Field(() => String, {
    description: `Name of the key, such as its user or purpose; 1 to ${MAX_KEY_NAME} characters.`,
  })
  name!: string;

  @Field(() => RoleEnum, { defaultValue: RoleEnum.USER, description: 'Role of the key.' })
  role!: KeyRole;

  @Field(() => ID, {
    nullable: true,
    description:
      'Owner of the sessions and images that the key creates and sees: 1 to 64 letters, digits or any of `_.@-`. Default: a new owner. The owner `local` has everything that was created without authentication.',
  })
  ownerId?: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When the key expires. Default: never.' })
  expiresAt?: Date | null;
}
