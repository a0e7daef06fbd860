import type { IncomingMessage } from 'node:http';
import { CloseCode, MessageType, type Context } from 'graphql-ws';
import type { Extra } from 'graphql-ws/use/ws';
import { keyMissing, type Authenticator } from '../auth/authenticator.js';
import { AuthError } from '../auth/errors.js';
import type { KeyWatch } from '../auth/key-watch.js';
import type { Principal } from '../auth/principal.js';

/** "Try again later", of the registry of WebSocket close codes: clients may reconnect after a while. */
const TRY_AGAIN_LATER = 1013;

/** A connection, as graphql-ws hands it to every callback. */
export type SocketContext = Context<Record<string, unknown> | undefined, Extra>;

export interface SocketGuardOptions {
  readonly authenticator: Authenticator;
  readonly watch: KeyWatch;
  /** Connections at a time of one owner; of one address, until and unless a key says whose they are. */
  readonly maxPerClient: number;
}

interface Connection {
  /** Whom the connection is counted for. */
  client: string;
  principal?: Principal;
  stopWatching?: () => void;
}

/** Knows who is behind each connection, how many these have, and ends them with their keys. */
export class SocketGuard {
  readonly #connections = new WeakMap<IncomingMessage, Connection>();
  readonly #counts = new Map<string, number>();

  constructor(private readonly options: SocketGuardOptions) {}

  /** Whether the address that a request to upgrade comes from may have one more connection. */
  hasRoom(request: IncomingMessage): boolean {
    return this.#count(addressOf(request)) < this.options.maxPerClient;
  }

  /** To be called with every connection that was opened. Returns what is to be called when it is closed. */
  open(request: IncomingMessage): () => void {
    const connection: Connection = { client: addressOf(request) };
    this.#connections.set(request, connection);
    this.#add(connection.client, 1);
    return () => {
      connection.stopWatching?.();
      this.#add(connection.client, -1);
    };
  }

  /** Reads the key in the connection's parameters; closes with 4401 where it is missing, with 4403 where it does not hold. */
  async admit(context: SocketContext): Promise<boolean> {
    const { socket, request } = context.extra;
    const connection = this.#connections.get(request)!;
    const principal = await this.options.authenticator
      .identify(authorizationIn(context.connectionParams))
      .catch((error: unknown) => {
        if (error instanceof AuthError) return undefined;
        throw error;
      });
    if (!principal) {
      if (principal === null) socket.close(CloseCode.Unauthorized, 'Unauthorized');
      else socket.close(CloseCode.Forbidden, 'Forbidden');
      return false;
    }
    connection.principal = principal;
    // One that was closed in the meantime has been counted out already.
    if (!principal.key || socket.readyState !== socket.OPEN) return true;
    if (this.#count(principal.ownerId) >= this.options.maxPerClient) {
      socket.close(TRY_AGAIN_LATER, 'Too many connections');
      return false;
    }
    this.#add(connection.client, -1);
    this.#add((connection.client = principal.ownerId), 1);
    connection.stopWatching = this.options.watch.watch(principal.key, () => this.#end(context));
    return true;
  }

  /** Who is behind a connection that was admitted. */
  principalOf({ extra }: SocketContext): Principal {
    return this.#connections.get(extra.request)!.principal!;
  }

  /** Ends every operation with an error, then the connection. */
  #end({ subscriptions, extra: { socket } }: SocketContext): void {
    const { code } = keyMissing();
    const payload = [{ message: 'The API key was revoked or has expired.', extensions: { code } }];
    for (const id of Object.keys(subscriptions)) socket.send(JSON.stringify({ id, type: MessageType.Error, payload }));
    socket.close(CloseCode.Forbidden, 'Forbidden');
  }

  #count(client: string): number {
    return this.#counts.get(client) ?? 0;
  }

  #add(client: string, change: 1 | -1): void {
    const count = this.#count(client) + change;
    if (count > 0) this.#counts.set(client, count);
    else this.#counts.delete(client);
  }
}

/** No owner's name has a space in it. */
function addressOf({ socket }: IncomingMessage): string {
  return `address ${socket.remoteAddress}`;
}

/** The parameter `authorization`, however it is capitalised. */
function authorizationIn(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const [, value] = Object.entries(params ?? {}).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return typeof value === 'string' ? value : undefined;
}
