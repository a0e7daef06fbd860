import type { IncomingMessage, Server } from 'node:http';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import express, { Router } from 'express';
import graphqlUploadExpress from 'graphql-upload/graphqlUploadExpress.mjs';
import type { Logger } from 'pino';
import { viewerOf } from '../auth/authenticator.js';
import type { Access } from '../auth/index.js';
import type { Config } from '../config.js';
import { createContext, type GraphqlContext, type Services } from '../resolvers/context.js';
import { formatError } from '../resolvers/errors.js';
import { getSchema } from '../resolvers/schema.js';
import { ConnectionRegistry } from './connection-registry.js';
import { checkComplexity, limitRules, MAX_TOKENS, type Limits } from './limits.js';
import { observeHttpOperations, type ObserveOperation } from './operation-metrics.js';
import { mountSocket } from './socket.js';
import { findBadText } from './text.js';

export interface GraphqlDependencies {
  /** Receives the WebSocket upgrades; `dispose` closes it. */
  readonly httpServer: Server;
  readonly services: Services;
  readonly config: Limits & Pick<Config, 'maxSockets' | 'maxSocketsPerClient' | 'maxSubscriptions' | 'maxUploadBytes'>;
  /** Checks the origin of a WebSocket upgrade. */
  readonly mayConnect: (request: IncomingMessage) => boolean;
  /** Receives every operation. */
  readonly observe?: ObserveOperation;
  /** Longest wait of a shutdown for clients to close their sockets, milliseconds. */
  readonly closeMs?: number;
  /** Longest wait of a shutdown for pending responses, after the sockets, milliseconds. */
  readonly drainMs?: number;
  readonly access: Pick<Access, 'authenticator' | 'watch' | 'limiter'>;
  readonly logger: Logger;
}

export interface GraphqlTransport {
  /** GraphQL over HTTP at `GRAPHQL_PATH`; mount it after the authentication. */
  readonly router: Router;
  /** Open WebSocket connections. */
  readonly socketCount: number;
  dispose(): Promise<void>;
}

export const GRAPHQL_PATH = '/graphql';

/** Bytes of one request without its uploaded file: a document and its variables. */
const MAX_BODY = 256 * 1024;
const CLOSE_MS = 2000;
const DRAIN_MS = 5000;

/**
 * Starts GraphQL at `GRAPHQL_PATH`: WebSocket connections on the HTTP server, and a router for HTTP requests.
 * @returns `dispose` closes the sockets with 1001, waits for pending responses and closes the HTTP server.
 */
export async function createGraphql(dependencies: GraphqlDependencies): Promise<GraphqlTransport> {
  const {
    httpServer,
    services,
    config,
    mayConnect,
    access,
    observe = () => undefined,
    closeMs = CLOSE_MS,
    drainMs = DRAIN_MS,
    logger,
  } = dependencies;
  const schema = getSchema();
  const socket = mountSocket({
    httpServer,
    path: GRAPHQL_PATH,
    schema,
    services,
    limits: config,
    maxSockets: config.maxSockets,
    maxSubscriptions: config.maxSubscriptions,
    mayConnect,
    observe,
    registry: new ConnectionRegistry({ ...access, maxPerClient: config.maxSocketsPerClient }),
    limiter: access.limiter,
    logger,
  });
  const apollo = new ApolloServer<GraphqlContext>({
    schema,
    introspection: true,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    validationRules: limitRules(config),
    formatError: (formatted, error) => formatError(formatted, error, logger),
    plugins: [
      checkOperation(config),
      observeHttpOperations(observe),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginDrainHttpServer({ httpServer, stopGracePeriodMillis: drainMs }),
    ],
    logger,
  });
  await apollo.start();
  const router = Router().use(
    GRAPHQL_PATH,
    graphqlUploadExpress({ maxFileSize: config.maxUploadBytes, maxFiles: 1, maxFieldSize: MAX_BODY }),
    express.json({ limit: MAX_BODY }),
    expressMiddleware(apollo, { context: ({ req }) => Promise.resolve(createContext(services, viewerOf(req))) }),
  );
  return {
    router,
    get socketCount() {
      return socket.count;
    },
    async dispose() {
      await socket.dispose(closeMs);
      logger.info('sockets closed');
      await apollo.stop();
      logger.info('requests drained');
    },
  };
}

/** Refuses operations with text that cannot be stored, and those that cost too much. */
function checkOperation(limits: Limits): ApolloServerPlugin<GraphqlContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ schema, document, operationName, request: { variables } }) => {
          const excess =
            findBadText(document, variables) ?? checkComplexity({ schema, document, operationName, variables }, limits);
          if (!excess) return Promise.resolve();
          Object.assign(excess.extensions, { http: { status: 400 } });
          return Promise.reject(excess);
        },
      }),
  };
}
