import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { AuthResolver } from './auth/auth.resolver.js';
import { ImageResolver } from './image/image.resolver.js';
import { NodeResolver } from './node/node.resolver.js';
import { PresetResolver } from './preset/preset.resolver.js';
import { EstimateResolver } from './session/estimate.resolver.js';
import { HistoryResolver } from './session/history.resolver.js';
import { LossCurveResolver } from './session/loss-curve.resolver.js';
import { LifecycleFieldsResolver } from './session/lifecycle-fields.resolver.js';
import { LifecycleResolver } from './session/lifecycle.resolver.js';
import { PreviewResolver } from './session/preview.resolver.js';
import { ProgressResolver } from './session/progress.resolver.js';
import { QueueResolver } from './queue/queue.resolver.js';
import { SessionChangesResolver } from './session/session-changes.resolver.js';
import { SessionFieldsResolver, SessionStyleResolver } from './session/session-fields.resolver.js';
import { SessionResolver } from './session/session.resolver.js';
import { TimelapseFrameResolver, TimelapseResolver } from './session/timelapse.resolver.js';
import { EngineResolver } from './system/engine.resolver.js';
import { StorageResolver } from './system/storage.resolver.js';

/** TypeGraphQL wants one as soon as there is a subscription. Ours bring their own streams and never touch it. */
const NO_PUB_SUB: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('Subscriptions bring their own streams.');
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
      LossCurveResolver,
      NodeResolver,
      LifecycleFieldsResolver,
      LifecycleResolver,
      PresetResolver,
      PreviewResolver,
      ProgressResolver,
      QueueResolver,
      SessionChangesResolver,
      SessionFieldsResolver,
      SessionResolver,
      SessionStyleResolver,
      TimelapseFrameResolver,
      TimelapseResolver,
      StorageResolver,
    ],
    // The services check what they are given, whoever calls them.
    validate: false,
    pubSub: NO_PUB_SUB,
  });
  return schema;
}
