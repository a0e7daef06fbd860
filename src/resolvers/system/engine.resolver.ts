import { Ctx, FieldResolver, Int, Query, Resolver } from 'type-graphql';
import type { NetworkStatus } from '../../engine/index.js';
import type { EngineStatus } from '../../sessions/system-service.js';
import type { GraphqlContext } from '../context.js';
import { EngineNetworkType, EngineType } from './engine.type.js';

@Resolver(() => EngineType)
export class EngineResolver {
  @Query(() => EngineType, { description: 'The state of the engine.' })
  engine(@Ctx() { services }: GraphqlContext): EngineStatus {
    return services.system.engineStatus();
  }

  @FieldResolver(() => [EngineNetworkType], { description: 'The networks that a recipe can name.' })
  async networks(@Ctx() { services }: GraphqlContext): Promise<NetworkStatus[]> {
    return await services.system.networks();
  }

  @FieldResolver(() => Int, { description: 'Number of QUEUED sessions of all owners.' })
  async queueLength(@Ctx() { services }: GraphqlContext): Promise<number> {
    return await services.system.queueLength();
  }
}
