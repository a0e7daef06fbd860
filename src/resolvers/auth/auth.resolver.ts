import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { prefixOf } from '../../auth/api-keys.js';
import type { ApiKeyRow } from '../../storage/index.js';
import type { GraphqlContext } from '../context.js';
import { withUserErrors } from '../errors.js';
import { requireAdmin } from '../require-admin.js';
import { CreateApiKeyInput } from './auth.input.js';
import { ApiKeyType, CreateApiKeyPayload, RevokeApiKeyPayload, ViewerType } from './auth.type.js';

@Resolver(() => ApiKeyType)
export class AuthResolver {
  @Query(() => ViewerType, { description: 'Who asks.' })
  viewer(@Ctx() { viewer }: GraphqlContext): ViewerType {
    return { ownerId: viewer.ownerId, role: viewer.isAdmin ? 'ADMIN' : 'USER' };
  }

  @Query(() => [ApiKeyType], {
    description: 'All API keys, newest first, the revoked and expired too. For admins. Errors: FORBIDDEN.',
    complexity: ({ childComplexity }) => 1 + 10 * childComplexity,
  })
  async apiKeys(@Ctx() { viewer, services }: GraphqlContext): Promise<ApiKeyRow[]> {
    requireAdmin(viewer);
    return await services.apiKeys.list();
  }

  @Mutation(() => CreateApiKeyPayload, { description: 'Makes an API key. For admins. Errors: FORBIDDEN.' })
  async createApiKey(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('input', () => CreateApiKeyInput, { description: 'What it is for.' }) input: CreateApiKeyInput,
  ): Promise<CreateApiKeyPayload> {
    requireAdmin(viewer);
    const { name, role, ownerId, expiresAt } = input;
    const { value, errors } = await withUserErrors(() =>
      services.apiKeys.create({ name, role, ownerId: ownerId ?? undefined, expiresAt: expiresAt ?? undefined }),
    );
    return { apiKey: value && value.key, secret: value && value.secret, errors };
  }

  @Mutation(() => RevokeApiKeyPayload, {
    description:
      'Ends an API key at once; streams that it opened end with UNAUTHENTICATED, and their sockets close with 4403. Revoking it again changes nothing. For admins. Errors: FORBIDDEN.',
  })
  async revokeApiKey(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Names the key.' }) id: string,
  ): Promise<RevokeApiKeyPayload> {
    requireAdmin(viewer);
    const { value, errors } = await withUserErrors(() => services.apiKeys.revoke(id));
    return { apiKey: value, errors };
  }

  @FieldResolver(() => String, { description: 'How its secret begins, to tell keys apart.' })
  prefix(@Root() { id }: ApiKeyRow): string {
    return prefixOf(id);
  }
}
