import { Field, GraphQLISODateTime, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { ApiKeyRow, KeyRole } from '../../storage/index.js';
import { UserErrorType } from '../user-error.type.js';

export const RoleEnum = { USER: 'USER', ADMIN: 'ADMIN' } satisfies { [K in KeyRole]: K };
registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'What somebody may do.',
  valuesConfig: {
    USER: { description: 'Sees and changes what is their own.' },
    ADMIN: { description: 'Sees and changes everything, and makes API keys.' },
  },
});

@ObjectType('Viewer', { description: 'Who asks.' })
export class ViewerType {
  @Field(() => ID, { description: 'What they create belongs to this owner; `local` on a server without keys.' })
  ownerId!: string;

  @Field(() => RoleEnum, { description: 'What they may do.' })
  role!: KeyRole;
}

/** Its `prefix` is resolved in auth.resolver.ts. */
@ObjectType('ApiKey', {
  description: 'A key to the server. Its secret is shown once, when it is made, and kept nowhere.',
})
export class ApiKeyType implements Omit<ApiKeyRow, 'hash'> {
  @Field(() => ID, { description: 'Names the key.' })
  id!: string;

  @Field(() => String, { description: 'What it was called.' })
  name!: string;

  @Field(() => ID, { description: 'Whose sessions and pictures it opens; several keys may have one owner.' })
  ownerId!: string;

  @Field(() => RoleEnum, { description: 'What it allows.' })
  role!: KeyRole;

  @Field(() => GraphQLISODateTime, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was last used, to a minute; null before.' })
  lastUsedAt!: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it expires; null where it does not.' })
  expiresAt!: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was revoked; null where it was not.' })
  revokedAt!: Date | null;
}

@ObjectType({ description: 'What became of a request to make an API key.' })
export class CreateApiKeyPayload {
  @Field(() => ApiKeyType, { nullable: true, description: 'The new key; null where there are errors.' })
  apiKey!: ApiKeyRow | null;

  @Field(() => String, {
    nullable: true,
    description: 'What its user sends as `Authorization: Bearer <secret>`. Shown now and never again.',
  })
  secret!: string | null;

  @Field(() => [UserErrorType], { description: 'INVALID_ARGUMENT; empty where nothing is wrong.' })
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'What became of a request to revoke an API key.' })
export class RevokeApiKeyPayload {
  @Field(() => ApiKeyType, { nullable: true, description: 'The revoked key; null where there are errors.' })
  apiKey!: ApiKeyRow | null;

  @Field(() => [UserErrorType], { description: 'API_KEY_NOT_FOUND; empty where nothing is wrong.' })
  errors!: readonly UserErrorType[];
}
