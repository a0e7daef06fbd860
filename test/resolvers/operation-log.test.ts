import { createServer } from 'node:http';
import { Writable } from 'node:stream';
import express from 'express';
import { createClient } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { openAccess } from '../../src/access.js';
import { loadConfig } from '../../src/config.js';
import { listen } from '../../src/http/index.js';
import { createLogger } from '../../src/logger.js';
import type { Services } from '../../src/resolvers/context.js';
import { mountGraphql } from '../../src/resolvers/graphql-server.js';
import type { OperationObservation } from '../../src/resolvers/operation-metrics.js';
import { temporaryStorage } from '../storage/support.js';
import { silent } from '../support/studio.js';

it('each operation over a socket is logged under an id of its own, and observed', async () => {
  const lines: { msg: string; requestId?: string }[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()) as { msg: string });
      done();
    },
  });
  const app = express();
  const httpServer = createServer(app);
  const services = {
    system: { engineStatus: () => ({}), networks: () => Promise.reject(new Error('broken')) },
  } as unknown as Services;
  const observed: Omit<OperationObservation, 'seconds'>[] = [];
  const graphql = await mountGraphql({
    app,
    httpServer,
    services,
    config: loadConfig({}),
    mayConnect: () => true,
    access: await openAccess(loadConfig({}), (await temporaryStorage()).apiKeys, silent),
    observe: ({ transport, type, outcome }) => void observed.push({ transport, type, outcome }),
    logger: createLogger('warn', stream),
  });
  const url = await listen(httpServer, '127.0.0.1', 0);
  onTestFinished(() => graphql.dispose());
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  onTestFinished(async () => {
    await client.dispose();
  });

  for (const query of ['{ engine { networks { name } } }', '{ engine { networks { name } } }', '{ __typename }']) {
    await client.iterate({ query }).next();
  }
  await expect(client.iterate({ query: '{ nonsense }' }).next()).rejects.toBeDefined();
  expect(lines.map(({ msg }) => msg)).toEqual(['a resolver failed', 'a resolver failed']);
  const ids = lines.map(({ requestId }) => requestId);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(new Set(ids).size).toBe(2);
  expect(observed).toEqual([
    { transport: 'socket', type: 'query', outcome: 'error' },
    { transport: 'socket', type: 'query', outcome: 'error' },
    { transport: 'socket', type: 'query', outcome: 'ok' },
    { transport: 'socket', type: 'unknown', outcome: 'error' },
  ]);
});
