import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  execute,
  GraphQLError,
  parse,
  type GraphQLFormattedError,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
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
import { findExcess, MAX_TOKENS, type Limits } from './limits.js';
import { observeSocketOperation, type ObserveOperation } from './operation-metrics.js';
import { subscribeShared, type SubscriptionArgs } from './shared-execution.js';
import type { SocketGuard } from './socket-guard.js';

export interface SocketOptions {
  readonly httpServer: Server;
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly limits: Limits;
  /** Connections at a time. */
  readonly maxSockets: number;
  /** Operations at a time over one connection. */
  readonly maxSubscriptions: number;
  /** Whether a request to upgrade may: browsers do not ask CORS about sockets. */
  readonly mayConnect: (request: IncomingMessage) => boolean;
  /** Who is behind a connection, and how many they have. */
  readonly guard: SocketGuard;
  /** Counts operations. */
  readonly limiter: RequestLimiter;
  /** Hears of every operation. */
  readonly observe: ObserveOperation;
  readonly logger: Logger;
}

export interface MountedSocket {
  /** Open connections. */
  readonly count: number;
  /** Closes every connection with 1001; those that have not answered after this time are cut, milliseconds. */
  dispose(closeMs: number): Promise<void>;
}

/** Bytes of one message from a client: documents and variables, never pictures. */
const MAX_PAYLOAD = 256 * 1024;
const CONNECTION_INIT_TIMEOUT_MS = 3000;

/**
 * GraphQL over WebSocket (protocol graphql-transport-ws). It runs beside Apollo Server and knows nothing of its checks,
 * so all of them are made here again: tokens, validity, depth, complexity, and what clients learn of errors.
 */
export function mountSocket(options: SocketOptions): MountedSocket {
  const { httpServer, path, schema, services, limits, maxSockets, maxSubscriptions, mayConnect } = options;
  const { guard, limiter, observe, logger } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD,
    verifyClient: ({ req }, answer) => {
      if (!mayConnect(req)) answer(false, 403, 'Forbidden');
      else if (sockets.clients.size >= maxSockets) answer(false, 503, 'Too many connections');
      else if (!guard.hasRoom(req)) answer(false, 429, 'Too many connections');
      else answer(true);
    },
  });
  sockets.on('connection', (socket, request) => socket.once('close', guard.open(request)));
  // Not left to the WebSocketServer, which would make the HTTP server's errors its own, and report them once more.
  httpServer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.split('?')[0] === path) {
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
    } else {
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
    }
  });
  const observed = <T extends object>(args: ExecutionArgs, work: () => T | Promise<T>) =>
    observeSocketOperation(observe, args, work);
  const format = (error: GraphQLFormattedError) =>
    formatError(error instanceof GraphQLError ? error.toJSON() : error, error, logger);
  const visible = (result: ExecutionResult) =>
    result.errors ? { ...result, errors: result.errors.map((error) => format(error)) } : result;
  const serialise = (result: ExecutionResult) => Buffer.from(`${JSON.stringify(visible(result))}}`);
  const server = useServer(
    {
      schema,
      subscribe: (args) => observed(args, () => subscribeShared(args as SubscriptionArgs)),
      execute: (args) => observed(args, () => execute(args)),
      connectionInitWaitTimeout: CONNECTION_INIT_TIMEOUT_MS,
      onConnect: (context) => guard.admit(context),
      onSubscribe: async (context, id, payload) => {
        // To the end of the operation, what is logged carries this. Before anything is waited for, or it would not.
        enterLogFields({ requestId: randomUUID() });
        const { socket, request } = context.extra;
        // A connection whose key has ended is being closed, but may still be heard.
        if (socket.readyState !== WebSocket.OPEN) return [coded('UNAUTHENTICATED', 'The connection ends.')];
        // The one that begins is already among them.
        if (Object.keys(context.subscriptions).length > maxSubscriptions) {
          return [coded('TOO_MANY_SUBSCRIPTIONS', `One connection has at most ${maxSubscriptions} subscriptions.`)];
        }
        const viewer = guard.principalOf(context);
        const retryAfter = await limiter.take(viewer.ownerId);
        if (retryAfter > 0) return [coded('RATE_LIMITED', rateMessage(retryAfter), { retryAfter })];
        const operation = prepare(payload, { schema, limits });
        if (Array.isArray(operation)) {
          observe({ transport: 'socket', type: 'unknown', outcome: 'error', seconds: 0 });
          return operation;
        }
        const contextValue = createContext(services, viewer);
        const deliver = (answer: Buffer) => sendNext(socket, request.socket, id, answer);
        return { ...operation, contextValue, serialise, deliver } satisfies SubscriptionArgs;
      },
      // A connection that is lost ends its subscriptions with its own error, which nobody can read any more.
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
      // A client that is stuck would hold up the end by half a minute.
      const cut = setTimeout(() => {
        for (const client of sockets.clients) client.terminate();
      }, closeMs);
      await server.dispose();
      clearTimeout(cut);
    },
  };
}

/** Parses and checks an operation. */
function prepare(
  { query, operationName, variables }: SubscribePayload,
  { schema, limits }: Pick<SocketOptions, 'schema' | 'limits'>,
): (ExecutionArgs & { readonly query: string }) | GraphQLError[] {
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: MAX_TOKENS });
  } catch (error) {
    return [coded('GRAPHQL_PARSE_FAILED', (error as GraphQLError).message)];
  }
  const invalid = validate(schema, document);
  if (invalid.length > 0) return [...invalid];
  const excess = findExcess({ schema, document, operationName, variables }, limits);
  if (excess) return [excess];
  return { schema, query, document, operationName, variableValues: variables };
}

/**
 * Sends the protocol's message `next`. Its end, from the payload to the closing brace, is sent to others, too: as a frame of its
 * own, it is neither encoded again nor copied. Resolves once the operating system has taken the message.
 */
function sendNext(socket: WebSocket, connection: Socket, id: string, end: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    // Both frames in one write.
    connection.cork();
    socket.send(`{"id":${JSON.stringify(id)},"type":"next","payload":`, { fin: false });
    socket.send(end, { binary: false }, (error) => (error ? reject(error) : resolve()));
    connection.uncork();
  });
}

function coded(code: string, message: string, more: object = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...more } });
}
