import { Writable } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { createLogger } from '../../src/core/log.js';
import type { OperationObservation } from '../../src/graphql/operation-metrics.js';
import { openStillServer } from '../support/still-server.js';
import { openStudio } from '../support/studio.js';

it('each operation over a socket is logged under an id of its own, and observed', async () => {
  const lines: { msg: string; requestId?: string }[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()) as { msg: string });
      done();
    },
  });
  const observed: Omit<OperationObservation, 'seconds'>[] = [];
  const studio = await openStudio();
  vi.spyOn(studio.easel.system, 'networks').mockRejectedValue(new Error('broken'));
  const server = await openStillServer(studio, {
    observe: ({ transport, type, outcome }) => void observed.push({ transport, type, outcome }),
    logger: createLogger('warn', stream),
  });
  const client = server.connect();

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
