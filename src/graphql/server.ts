import type { IncomingMessage, Server } from 'node:http';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import express, { Router } from 'express';
import graphqlUploadExpress from 'graphql-upload/graphqlUploadExpress.mjs';
import type { Logger } from 'pino';
import type { Authenticator } from '../auth/authenticator.js';
import type { KeyWatch } from '../auth/key-watch.js';
import { principalOf } from '../auth/principal.js';
import type { RequestLimiter } from '../auth/request-limiter.js';
import { createContext, type GraphqlContext, type Services } from '../resolvers/context.js';
import { formatError } from '../resolvers/errors.js';
import { mountSocket } from './socket.js';
import { findExcess, MAX_TOKENS, type Limits } from './limits.js';
import { observeHttpOperations, type ObserveOperation } from './operation-metrics.js';
import { getSchema } from '../resolvers/schema.js';
import { SocketGuard } from './socket-guard.js';

export interface GraphqlDependencies {
  /** Carries the upgrades to WebSocket; `dispose` closes it. */
  readonly httpServer: Server;
  readonly services: Services;
  readonly config: Limits & {
    /** WebSocket connections at a time. */
    readonly maxSockets: number;
    /** WebSocket connections of one client at a time. */
    readonly maxSocketsPerClient: number;
    /** Operations at a time over one WebSocket connection. */
    readonly maxSubscriptions: number;
    /** Bytes of an uploaded file. */
    readonly maxUploadBytes: number;
  };
  /** Whether a request to upgrade to WebSocket may: its Origin is none that could be foreign. */
  readonly mayConnect: (request: IncomingMessage) => boolean;
  /** Hears of every operation. */
  readonly observe?: ObserveOperation;
  /** How long a shutdown waits, milliseconds: for clients to close their sockets, and then for answers under way. */
  readonly closeMs?: number;
  readonly drainMs?: number;
  /** Who may open connections, and how often one may ask. */
  readonly access: {
    readonly authenticator: Authenticator;
    readonly watch: KeyWatch;
    readonly limiter: RequestLimiter;
  };
  readonly logger: Logger;
}

export interface GraphqlTransport {
  /** GraphQL over HTTP at `GRAPHQL_PATH`; runs behind the authentication. */
  readonly router: Router;
  /** Open WebSocket connections. */
  readonly socketCount: number;
  dispose(): Promise<void>;
}

export const GRAPHQL_PATH = '/graphql';

/** Bytes of one request besides uploaded files: documents and variables. */
const MAX_BODY = 256 * 1024;
const CLOSE_MS = 2000;
const DRAIN_MS = 5000;

/**
 * Starts GraphQL at `GRAPHQL_PATH`: WebSocket connections on the HTTP server, and a router for HTTP requests.
 * @returns `dispose` ends the streams with close code 1001, lets answers under way finish and closes the HTTP server.
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
    guard: new SocketGuard({ ...access, maxPerClient: config.maxSocketsPerClient }),
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
    formatError: (formatted, error) => formatError(formatted, error, logger),
    plugins: [
      limitOperations(config),
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
    expressMiddleware(apollo, { context: ({ req }) => Promise.resolve(createContext(services, principalOf(req))) }),
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

function limitOperations(limits: Limits): ApolloServerPlugin<GraphqlContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ schema, document, operationName, request: { variables } }) => {
          const excess = findExcess({ schema, document, operationName, variables }, limits);
          if (!excess) return Promise.resolve();
          Object.assign(excess.extensions, { http: { status: 400 } });
          return Promise.reject(excess);
        },
      }),
  };
}
