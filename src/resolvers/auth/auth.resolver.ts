import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { prefixOf } from '../../auth/api-keys.js';
import type { ApiKeyRow } from '../../storage/index.js';
import { omitNulls } from '../arguments.js';
import { requireAdmin, type GraphqlContext } from '../context.js';
import { withUserErrors } from '../errors.js';
import { CreateApiKeyInput } from './auth.input.js';
import { ApiKeyType, CreateApiKeyPayload, RevokeApiKeyPayload, ViewerType } from './auth.type.js';

@Resolver(() => ApiKeyType)
export class AuthResolver {
  @Query(() => ViewerType, { description: 'The sender of the request.' })
  viewer(@Ctx() { viewer }: GraphqlContext): ViewerType {
    return { ownerId: viewer.ownerId, role: viewer.isAdmin ? 'ADMIN' : 'USER' };
  }

  @Query(() => [ApiKeyType], {
    description: 'All API keys, newest first, with revoked and expired keys. For admins. Errors: FORBIDDEN.',
    complexity: ({ childComplexity }) => 1 + 10 * childComplexity,
  })
  async apiKeys(@Ctx() { viewer, services }: GraphqlContext): Promise<ApiKeyRow[]> {
    requireAdmin(viewer);
    return await services.apiKeys.list();
  }

  @Mutation(() => CreateApiKeyPayload, { description: 'Creates an API key. For admins. Errors: FORBIDDEN.' })
  async createApiKey(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('input', () => CreateApiKeyInput, { description: 'The new key.' }) input: CreateApiKeyInput,
  ): Promise<CreateApiKeyPayload> {
    requireAdmin(viewer);
    const { value, errors } = await withUserErrors(() => services.apiKeys.create(omitNulls(input)));
    return { apiKey: value && value.key, secret: value && value.secret, errors };
  }

  @Mutation(() => RevokeApiKeyPayload, {
    description:
      'Revokes an API key at once. Streams that the key opened end with UNAUTHENTICATED, and their sockets close with code 4403. Revoking a revoked key changes nothing. For admins. Errors: FORBIDDEN.',
  })
  async revokeApiKey(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Id of the key.' }) id: string,
  ): Promise<RevokeApiKeyPayload> {
    requireAdmin(viewer);
    const { value, errors } = await withUserErrors(() => services.apiKeys.revoke(id));
    return { apiKey: value, errors };
  }

  @FieldResolver(() => String, { description: 'First characters of the secret, which tell keys apart.' })
  prefix(@Root() { id }: ApiKeyRow): string {
    return prefixOf(id);
  }
}
