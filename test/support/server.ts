import path from 'node:path';
import { createClient, type Client } from 'graphql-ws';
import type { Logger } from 'pino';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { loadConfig, type Config } from '../../src/config.js';
import type { Engine } from '../../src/engine/index.js';
import { listen } from '../../src/http/index.js';
import { createTransports, startServer } from '../../src/server.js';
import { photo } from '../storage/image-files.js';
import { LIMITS, temporaryFolder } from '../storage/support.js';
import { ScriptedEngine } from './scripted-engine.js';
import { openSessionsFixture, silent, type SessionsFixture } from './sessions.js';

export interface GraphqlAnswer<T> {
  readonly data?: T | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: { readonly code: string; readonly retryAfter?: number };
  }[];
}

/** A server as anybody sees it: through its sockets. */
export class TestServer {
  constructor(
    readonly url: string,
    readonly close: () => Promise<void>,
    /** The API key that everything is asked with. */
    readonly key?: string,
  ) {}

  /** The same server, to somebody with this key. */
  as(key: string | undefined): TestServer {
    return new TestServer(this.url, this.close, key);
  }

  /** What to send along to be known. */
  get authorization(): { authorization?: string } {
    return this.key === undefined ? {} : { authorization: `Bearer ${this.key}` };
  }

  get socketUrl(): string {
    return `${this.url.replace('http', 'ws')}/graphql`;
  }

  /** Sends an operation; the answer as it comes. */
  async send<T>(query: string, variables: object = {}): Promise<GraphqlAnswer<T>> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...this.authorization },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as GraphqlAnswer<T>;
  }

  /** Sends an operation that must succeed. */
  async ask<T>(query: string, variables: object = {}): Promise<T> {
    const { data, errors } = await this.send<T>(query, variables);
    if (errors || !data) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** Uploads a small picture; returns its id. */
  async upload(width: number, height: number): Promise<string> {
    const body = await photo(width, height).png().toBuffer();
    const response = await fetch(`${this.url}/images`, {
      method: 'POST',
      headers: { 'Content-Type': 'image/png', ...this.authorization },
      body: new Uint8Array(body),
    });
    return ((await response.json()) as { image: { id: string } }).image.id;
  }

  /** Queues a session on two small pictures with the smallest network; returns its id. */
  async createSession(recipe: { steps: number; size?: number }): Promise<string> {
    const [content, style] = await Promise.all([this.upload(64, 48), this.upload(40, 56)]);
    const { createSession } = await this.ask<{ createSession: { session: { id: string } } }>(
      'mutation ($input: CreateSessionInput!) { createSession(input: $input) { session { id } errors { code message } } }',
      {
        input: {
          contentImageId: content,
          styles: [{ imageId: style }],
          preset: 'draft',
          recipe: { size: 48, ...recipe },
        },
      },
    );
    return createSession.session.id;
  }

  /** The first response to an operation over a WebSocket of its own. */
  async sendOverSocket<T>(query: string, variables: Record<string, unknown> = {}): Promise<GraphqlAnswer<T>> {
    const client = this.connect();
    try {
      return (await client.iterate({ query, variables }).next()).value as GraphqlAnswer<T>;
    } catch (errors) {
      // The errors of an operation that cannot begin are thrown.
      return { errors: errors as GraphqlAnswer<T>['errors'] };
    } finally {
      await client.dispose();
    }
  }

  /** A client of the WebSocket, gone when the test ends. */
  connect(socket: typeof WebSocket = WebSocket): Client {
    const client = createClient({
      url: this.socketUrl,
      webSocketImpl: socket,
      retryAttempts: 0,
      connectionParams: this.authorization,
    });
    onTestFinished(async () => {
      await client.dispose();
    });
    return client;
  }
}

export interface TestServerOptions {
  /** 'process' starts a real engine; default: a scripted one, which starts at once. */
  readonly engine?: Engine | 'process';
  /** Services to serve, which are not started, so that nothing happens but what a test does. Default: all, started. */
  readonly sessions?: SessionsFixture;
  readonly logger?: Logger;
}

/** The whole server on a free port, with a data folder of its own; closed when the test ends. */
export async function startTestServer(
  changes: Partial<Config> = {},
  { engine = new ScriptedEngine(), sessions, logger = silent }: TestServerOptions = {},
): Promise<TestServer> {
  const dataDir = changes.dataDir ?? (await temporaryFolder());
  // No test may depend on the machine's networks, or on the net.
  const env = { EASEL_CACHE: path.join(dataDir, 'home'), EASEL_WEIGHTS_URL: 'offline' };
  const config = {
    ...loadConfig(env),
    port: 0,
    threads: 1,
    backend: 'onnx-cpu' as const,
    // A measurement of the machine would take its cores from the tests.
    calibrate: false,
    logLevel: 'silent' as const,
    // A shutdown waits a quarter of the time for a client that does not read a response.
    ...(sessions && { maxUploadBytes: LIMITS.maxBytes, shutdownSeconds: 1 }),
    ...changes,
    dataDir,
  };
  if (sessions) {
    const { storage, easel: application } = sessions;
    const { httpServer, dispose } = await createTransports({ config, storage, application, logger });
    onTestFinished(dispose);
    return new TestServer(await listen(httpServer, config.host, config.port), dispose);
  }
  const { url, close } = await startServer(config, engine === 'process' ? {} : { engine });
  onTestFinished(close);
  return new TestServer(url, close);
}

/** A test server over services that are not started, and those services. */
export async function serveFixture(
  changes: Partial<Config> = {},
  logger?: Logger,
): Promise<SessionsFixture & { readonly server: TestServer; readonly url: string }> {
  const sessions = await openSessionsFixture();
  const server = await startTestServer(changes, { sessions, logger });
  return { ...sessions, server, url: server.url };
}
