import { Writable } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { createLogger } from '../../src/core/log.js';
import { serveFixture } from '../support/server.js';

it('each operation over WebSocket has its own request id in the log', async () => {
  const lines: { msg: string; requestId?: string }[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()) as { msg: string });
      done();
    },
  });
  const { server, easel } = await serveFixture({}, createLogger('debug', stream));
  vi.spyOn(easel.system, 'networks').mockRejectedValue(new Error('broken'));
  const client = server.connect();

  for (const query of ['{ engine { networks { name } } }', '{ engine { networks { name } } }', '{ __typename }']) {
    await client.iterate({ query }).next();
  }
  await expect(client.iterate({ query: '{ nonsense }' }).next()).rejects.toBeDefined();
  const failures = lines.filter(({ msg }) => msg === 'a resolver failed');
  expect(failures).toHaveLength(2);
  const ids = failures.map(({ requestId }) => requestId);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(new Set(ids).size).toBe(2);
  expect(lines.filter(({ msg }) => msg === 'operation')).toMatchObject([
    { transport: 'socket', type: 'query', outcome: 'error' },
    { transport: 'socket', type: 'query', outcome: 'error' },
    { transport: 'socket', type: 'query', outcome: 'ok' },
    { transport: 'socket', type: 'unknown', outcome: 'error' },
  ]);
});
