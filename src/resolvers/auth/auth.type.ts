import { Field, GraphQLISODateTime, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { ApiKeyRow, KeyRole } from '../../storage/index.js';
import { ErrorsField, type UserErrorType } from '../user-error.type.js';

export const RoleEnum = { USER: 'USER', ADMIN: 'ADMIN' } satisfies { [K in KeyRole]: K };
registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'Permissions of a viewer.',
  valuesConfig: {
    USER: { description: 'Sees and changes the things of one owner.' },
    ADMIN: { description: 'Sees and changes the things of all owners, the queue, the storage and the API keys.' },
  },
});

@ObjectType('Viewer', { description: 'The sender of the request.' })
export class ViewerType {
  @Field(() => ID, {
    description: 'Owner of everything that the viewer creates; `local` on a server without authentication.',
  })
  ownerId!: string;

  @Field(() => RoleEnum, { description: 'Role of the viewer.' })
  role!: KeyRole;
}

/** Its `prefix` is resolved in auth.resolver.ts. */
@ObjectType('ApiKey', {
  description: 'An API key. The server stores a hash of its secret; only `createApiKey` returns the secret.',
})
export class ApiKeyType implements Omit<ApiKeyRow, 'hash'> {
  @Field(() => ID, { description: 'Id of the key.' })
  id!: string;

  @Field(() => String, { description: 'Name of the key.' })
  name!: string;

  @Field(() => ID, {
    description: 'Owner of the sessions and images that the key creates and sees. An owner can have several keys.',
  })
  ownerId!: string;

  @Field(() => RoleEnum, { description: 'Role of the key.' })
  role!: KeyRole;

  @Field(() => GraphQLISODateTime, { description: 'When the key was created.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When the key was last used, within a minute; null if never.',
  })
  lastUsedAt!: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When the key expires; null if never.' })
  expiresAt!: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When the key was revoked; null if it was not.' })
  revokedAt!: Date | null;
}

@ObjectType({ description: 'Result of `createApiKey`.' })
export class CreateApiKeyPayload {
  @Field(() => ApiKeyType, { nullable: true, description: 'The new key; null if there are errors.' })
  apiKey!: ApiKeyRow | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Secret of the key, sent as `Authorization: Bearer <secret>`. It cannot be read again. Null if there are errors.',
  })
  secret!: string | null;

  @ErrorsField('INVALID_ARGUMENT')
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'Result of `revokeApiKey`.' })
export class RevokeApiKeyPayload {
  @Field(() => ApiKeyType, { nullable: true, description: 'The revoked key; null if there are errors.' })
  apiKey!: ApiKeyRow | null;

  @ErrorsField('API_KEY_NOT_FOUND')
  errors!: readonly UserErrorType[];
}
