import { createServer } from 'node:http';
import express from 'express';
import { onTestFinished } from 'vitest';
import { openAccess } from '../../src/auth/index.js';
import { authenticate } from '../../src/http/authentication.js';
import { listen } from '../../src/http/index.js';
import { createGraphql, type GraphqlDependencies } from '../../src/graphql/server.js';
import { LIMITS } from '../storage/support.js';
import type { Studio } from './studio.js';
import { TestServer } from './server.js';
import { silent } from './studio.js';

const CONFIG = {
  maxDepth: 20,
  maxComplexity: 1e9,
  maxAliases: 100,
  maxSockets: 10,
  maxSocketsPerClient: 10,
  maxSubscriptions: 10,
  maxUploadBytes: LIMITS.maxBytes,
};

/** GraphQL over a studio whose sessions are not started, so that nothing happens but what is asked for. */
export async function openStillServer(
  { easel, storage }: Studio,
  changes: Pick<Partial<GraphqlDependencies>, 'observe' | 'logger'> = {},
): Promise<TestServer> {
  const access = await openAccess({ auth: 'off', dataDir: '', maxRequests: 10_000 }, storage.apiKeys, silent);
  const app = express();
  app.use(authenticate(access));
  const httpServer = createServer(app);
  const graphql = await createGraphql({
    httpServer,
    services: { ...easel, apiKeys: access.apiKeys, urls: access.urls },
    config: CONFIG,
    mayConnect: () => true,
    access,
    logger: silent,
    ...changes,
  });
  app.use(graphql.router);
  const url = await listen(httpServer, '127.0.0.1', 0);
  onTestFinished(() => graphql.dispose());
  return new TestServer(url, () => graphql.dispose());
}
