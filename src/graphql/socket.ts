import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  execute,
  GraphQLError,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import type { Logger } from 'pino';
import { WebSocket, WebSocketServer } from 'ws';
import { rateMessage, type RequestLimiter } from '../auth/request-limiter.js';
import { enterLogFields } from '../core/log.js';
import { createContext, type Services } from '../resolvers/context.js';
import { formatError } from '../resolvers/errors.js';
import type { ConnectionRegistry, SocketContext } from './connection-registry.js';
import { checkComplexity, limitRules, MAX_TOKENS, type Limits } from './limits.js';
import { observeSocketOperation, type ObserveOperation } from './operation-metrics.js';
import { subscribeShared, type SubscriptionArgs } from './shared-execution.js';
import { findBadText } from './text.js';

export interface SocketDependencies {
  readonly httpServer: Server;
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly limits: Limits;
  /** Most connections of all clients. */
  readonly maxSockets: number;
  /** Most concurrent operations of one connection. */
  readonly maxSubscriptions: number;
  /** Checks the origin of an upgrade request: browsers do not apply CORS to WebSockets. */
  readonly mayConnect: (request: IncomingMessage) => boolean;
  readonly registry: ConnectionRegistry;
  /** Counts operations. */
  readonly limiter: RequestLimiter;
  /** Receives every operation. */
  readonly observe: ObserveOperation;
  readonly logger: Logger;
}

export interface MountedSocket {
  /** Open connections. */
  readonly count: number;
  /** Closes every connection with 1001; terminates those that have not closed after `closeMs` milliseconds. */
  dispose(closeMs: number): Promise<void>;
}

/** Bytes of one message from a client: a document and its variables. */
const MAX_PAYLOAD = 256 * 1024;
const CONNECTION_INIT_TIMEOUT_MS = 3000;

/**
 * GraphQL over WebSocket (protocol graphql-transport-ws). Apollo Server does not see these operations, so its checks are
 * repeated here: tokens, validity, depth, complexity, and the errors that clients may see.
 */
export function mountSocket(dependencies: SocketDependencies): MountedSocket {
  const { schema, registry, observe, logger } = dependencies;
  const sockets = listenForUpgrades(dependencies);
  const observed = <T extends object>(args: ExecutionArgs, work: () => T | Promise<T>) =>
    observeSocketOperation(observe, args, work);
  const format = (error: GraphQLFormattedError) =>
    formatError(error instanceof GraphQLError ? error.toJSON() : error, error, logger);
  const visible = (result: ExecutionResult) =>
    result.errors ? { ...result, errors: result.errors.map((error) => format(error)) } : result;
  const serialise = (result: ExecutionResult) => Buffer.from(JSON.stringify(visible(result)));
  const server = useServer(
    {
      schema,
      subscribe: (args) => observed(args, () => subscribeShared(args as SubscriptionArgs)),
      execute: (args) => observed(args, () => execute(args)),
      connectionInitWaitTimeout: CONNECTION_INIT_TIMEOUT_MS,
      onConnect: (context) => registry.admit(context),
      onSubscribe: async (context, id, payload) => {
        // Before the first `await`, so that all log lines of the operation carry the id.
        enterLogFields({ requestId: randomUUID() });
        const refusal = await refusalOf(context, dependencies);
        if (refusal) return [refusal];
        const args = prepare(payload, dependencies);
        if (Array.isArray(args)) {
          observe({ transport: 'socket', type: 'unknown', outcome: 'error', seconds: 0 });
          return args;
        }
        const { socket, request } = context.extra;
        const contextValue = createContext(dependencies.services, registry.viewerOf(context));
        const deliver = (result: Buffer) => sendNext(socket, request.socket, id, result);
        return { ...args, contextValue, serialise, deliver } satisfies SubscriptionArgs;
      },
      // A lost connection ends its subscriptions with an error, which no client can receive any more.
      onError: ({ extra: { socket } }, _id, _payload, errors) =>
        socket.readyState === socket.OPEN ? errors.map((error) => format(error)) : undefined,
      onNext: (_context, _id, _payload, _args, result) => visible(result),
    },
    sockets,
  );
  return {
    get count() {
      return sockets.clients.size;
    },
    async dispose(closeMs) {
      // Without it, a client that does not respond would delay the shutdown by 30 s.
      const timer = setTimeout(() => {
        for (const client of sockets.clients) client.terminate();
      }, closeMs);
      await server.dispose();
      clearTimeout(timer);
    },
  };
}

/** Accepts WebSocket upgrades of the HTTP server at `path`, within the limits; answers other upgrades with 404. */
function listenForUpgrades(dependencies: SocketDependencies): WebSocketServer {
  const { httpServer, path, maxSockets, mayConnect, registry } = dependencies;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD,
    verifyClient: ({ req }, answer) => {
      if (!mayConnect(req)) answer(false, 403, 'Forbidden');
      else if (sockets.clients.size >= maxSockets) answer(false, 503, 'Too many connections');
      else if (!registry.hasRoom(req)) answer(false, 429, 'Too many connections');
      else answer(true);
    },
  });
  sockets.on('connection', (socket, request) => socket.once('close', registry.open(request)));
  // A WebSocketServer with the option `server` would also report the HTTP server's errors.
  httpServer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.split('?')[0] === path) {
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
    } else {
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
    }
  });
  return sockets;
}

/** Checks the limits of the connection and its viewer. Null if the operation may start. */
async function refusalOf(
  context: SocketContext,
  { registry, limiter, maxSubscriptions }: SocketDependencies,
): Promise<GraphQLError | null> {
  // A connection whose key has ended still receives messages until it has closed.
  if (context.extra.socket.readyState !== WebSocket.OPEN) {
    return coded('UNAUTHENTICATED', 'The connection is closing. Connect again with a valid key.');
  }
  // `subscriptions` includes the new operation.
  if (Object.keys(context.subscriptions).length > maxSubscriptions) {
    const message = `The connection has ${maxSubscriptions} subscriptions, which is the maximum. End one of them first.`;
    return coded('TOO_MANY_SUBSCRIPTIONS', message);
  }
  const retryAfter = await limiter.take(registry.viewerOf(context).ownerId);
  return retryAfter > 0 ? coded('RATE_LIMITED', rateMessage(retryAfter), { retryAfter }) : null;
}

/** Parses and checks an operation. Returns its errors if it is refused. */
function prepare(
  { query, operationName, variables }: SubscribePayload,
  { schema, limits }: SocketDependencies,
): (ExecutionArgs & { readonly query: string }) | GraphQLError[] {
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: MAX_TOKENS });
  } catch (error) {
    return [coded('GRAPHQL_PARSE_FAILED', (error as GraphQLError).message)];
  }
  const invalid = validate(schema, document, [...specifiedRules, ...limitRules(limits)]);
  if (invalid.length > 0) return [...invalid];
  const refusal =
    findBadText(document, variables) ?? checkComplexity({ schema, document, operationName, variables }, limits);
  if (refusal) return [refusal];
  return { schema, query, document, operationName, variableValues: variables };
}

/** Sends a result to one subscriber. Resolves when the operating system has taken the message. */
function sendNext(socket: WebSocket, connection: Socket, id: string, payload: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    const [head, body, tail] = frameNext(id, payload);
    // All frames in one write.
    connection.cork();
    socket.send(head, { fin: false });
    socket.send(body, { fin: false, binary: false });
    socket.send(tail, (error) => (error ? reject(error) : resolve()));
    connection.uncork();
  });
}

/**
 * The protocol's message `next` in three frames. The payload, which subscribers share, is a frame of its own, so it is
 * neither encoded again nor copied.
 */
function frameNext(id: string, payload: Buffer): readonly [head: string, payload: Buffer, tail: string] {
  return [`{"id":${JSON.stringify(id)},"type":"next","payload":`, payload, '}'];
}

function coded(code: string, message: string, more: object = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...more } });
}
