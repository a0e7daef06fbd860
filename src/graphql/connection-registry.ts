import type { IncomingMessage } from 'node:http';
import { CloseCode, MessageType, type Context } from 'graphql-ws';
import type { Extra } from 'graphql-ws/use/ws';
import { AuthError, keyMissing } from '../auth/authenticator.js';
import type { Access } from '../auth/index.js';
import type { Viewer } from '../core/viewer.js';

/** WebSocket close code "Try again later": clients may reconnect after a while. */
const TRY_AGAIN_LATER = 1013;

/** A connection, as graphql-ws passes it to its callbacks. */
export type SocketContext = Context<Record<string, unknown> | undefined, Extra>;

export interface ConnectionRegistryDependencies extends Pick<Access, 'authenticator' | 'watch'> {
  /** Most connections of one owner; of one IP address until a key identifies the owner. */
  readonly maxPerClient: number;
}

interface Connection {
  /** The client that the connection is counted for: an address, then an owner. */
  client: string;
  viewer?: Viewer;
  stopWatching?: () => void;
}

/** Authenticates WebSocket connections, counts them by client, and closes them when their API key ends. */
export class ConnectionRegistry {
  readonly #connections = new WeakMap<IncomingMessage, Connection>();
  readonly #counts = new Map<string, number>();

  constructor(private readonly dependencies: ConnectionRegistryDependencies) {}

  /** Whether the address of an upgrade request may open one more connection. */
  hasRoom(request: IncomingMessage): boolean {
    return this.#count(addressOf(request)) < this.dependencies.maxPerClient;
  }

  /** Counts an open connection. Returns the function to call when it has closed. */
  open(request: IncomingMessage): () => void {
    const connection: Connection = { client: addressOf(request) };
    this.#connections.set(request, connection);
    this.#add(connection.client, 1);
    return () => {
      connection.stopWatching?.();
      this.#add(connection.client, -1);
    };
  }

  /** Authenticates a connection by the key in its parameters. Closes it with 4401 without a key, with 4403 if the key is invalid. */
  async admit(context: SocketContext): Promise<boolean> {
    const { socket, request } = context.extra;
    const connection = this.#connections.get(request)!;
    const viewer = await this.dependencies.authenticator
      .identify(authorizationIn(context.connectionParams))
      .catch((error: unknown) => {
        if (error instanceof AuthError) return undefined;
        throw error;
      });
    if (!viewer) {
      if (viewer === null) socket.close(CloseCode.Unauthorized, 'Unauthorized');
      else socket.close(CloseCode.Forbidden, 'Forbidden');
      return false;
    }
    connection.viewer = viewer;
    // A connection that closed in the meantime is no longer counted.
    if (!viewer.key || socket.readyState !== socket.OPEN) return true;
    if (this.#count(viewer.ownerId) >= this.dependencies.maxPerClient) {
      socket.close(TRY_AGAIN_LATER, 'Too many connections');
      return false;
    }
    this.#add(connection.client, -1);
    this.#add((connection.client = viewer.ownerId), 1);
    connection.stopWatching = this.dependencies.watch.watch(viewer.key, () => this.#end(context));
    return true;
  }

  /** The viewer of an admitted connection. */
  viewerOf({ extra }: SocketContext): Viewer {
    return this.#connections.get(extra.request)!.viewer!;
  }

  /** Ends every operation with an error, then closes the connection. */
  #end({ subscriptions, extra: { socket } }: SocketContext): void {
    const { code } = keyMissing();
    const payload = [
      { message: 'The API key was revoked or has expired. Connect with a valid key.', extensions: { code } },
    ];
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

/** Contains a space, so it cannot equal an owner id. */
function addressOf({ socket }: IncomingMessage): string {
  return `address ${socket.remoteAddress}`;
}

/** The parameter `authorization`, in any case. */
function authorizationIn(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const [, value] = Object.entries(params ?? {}).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return typeof value === 'string' ? value : undefined;
}
