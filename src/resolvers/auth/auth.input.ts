import { Field, GraphQLISODateTime, ID, InputType } from 'type-graphql';
import { MAX_KEY_NAME } from '../../auth/api-keys.js';
import type { KeyRole } from '../../storage/index.js';
import { RoleEnum } from './auth.type.js';

@InputType({ description: 'A new API key.' })
export class CreateApiKeyInput {
  @Field(() => String, { description: `Says whose or what for it is; 1 to ${MAX_KEY_NAME} characters.` })
  name!: string;

  @Field(() => RoleEnum, { defaultValue: RoleEnum.USER, description: 'What it allows.' })
  role!: KeyRole;

  @Field(() => ID, {
    nullable: true,
    description:
      'Whose sessions and pictures it opens: 1 to 64 letters, digits or any of `_.@-`. A new owner where absent; `local` owns what was made before there were keys.',
  })
  ownerId?: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it expires; never where absent.' })
  expiresAt?: Date | null;
}
