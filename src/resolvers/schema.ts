import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { AuthResolver } from './auth/auth.resolver.js';
import { EstimateResolver } from './estimate/estimate.resolver.js';
import { HistoryResolver } from './history/history.resolver.js';
import { ImageResolver } from './image/image.resolver.js';
import { LossResolver } from './loss/loss.resolver.js';
import { NodeResolver } from './node/node.resolver.js';
import { PresetResolver } from './preset/preset.resolver.js';
import { PreviewResolver, ProgressResolver, SessionChangesResolver } from './progress/progress.resolver.js';
import { QueueResolver } from './queue/queue.resolver.js';
import { SessionFieldsResolver, SessionStyleResolver } from './session/session-fields.resolver.js';
import { SessionResolver } from './session/session.resolver.js';
import { EngineResolver } from './system/engine.resolver.js';
import { StorageResolver } from './system/storage.resolver.js';
import { TimelapseFrameResolver, TimelapseResolver } from './timelapse/timelapse.resolver.js';

/** TypeGraphQL requires one in a schema with subscriptions. The subscriptions here return their own streams. */
const NO_PUB_SUB: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('Subscriptions return their own streams.');
  },
};

let schema: GraphQLSchema | undefined;

/** The GraphQL schema with its resolvers. */
export function getSchema(): GraphQLSchema {
  schema ??= buildSchemaSync({
    resolvers: [
      AuthResolver,
      EngineResolver,
      EstimateResolver,
      HistoryResolver,
      ImageResolver,
      LossResolver,
      NodeResolver,
      PresetResolver,
      PreviewResolver,
      ProgressResolver,
      QueueResolver,
      SessionChangesResolver,
      SessionFieldsResolver,
      SessionResolver,
      SessionStyleResolver,
      StorageResolver,
      TimelapseFrameResolver,
      TimelapseResolver,
    ],
    // The services validate their arguments.
    validate: false,
    pubSub: NO_PUB_SUB,
  });
  return schema;
}
