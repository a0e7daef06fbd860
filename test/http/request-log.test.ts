import { Writable } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { createLogger, withLogFields } from '../../src/core/log.js';
import { serveFixture } from '../support/server.js';

/** A logger and the lines that it has written. */
function readable() {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  return { lines, logger: createLogger('debug', stream) };
}

it('logs each request with its id and without its query and headers', async () => {
  const { lines, logger } = readable();
  const { url, easel } = await serveFixture({}, logger);
  vi.spyOn(easel.sessions, 'findPreview').mockRejectedValue(new Error('broken'));
  const own = await fetch(`${url}/sessions/ses_a/previews/1?signature=abc`, {
    headers: { 'X-Request-Id': 'my-request.1', Authorization: 'Bearer hidden', Cookie: 'a=hidden' },
  });
  expect(own.headers.get('x-request-id')).toBe('my-request.1');
  await vi.waitFor(() => expect(lines).toHaveLength(2));
  expect(lines).toMatchObject([
    { msg: 'request failed', requestId: 'my-request.1', err: { message: 'broken' } },
    { msg: 'request', requestId: 'my-request.1', method: 'GET', path: '/sessions/ses_a/previews/1', status: 500 },
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/hidden|signature|abc/);
});

it('generates an id if the client sends none or an invalid one', async () => {
  const { url } = await serveFixture();
  const ids: (string | null)[] = [];
  for (const given of ['', 'a b', 'x'.repeat(129)]) {
    const headers: Record<string, string> = given ? { 'X-Request-Id': given } : {};
    ids.push((await fetch(`${url}/livez`, { headers })).headers.get('x-request-id'));
  }
  expect(new Set(ids).size).toBe(3);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
});

it('withLogFields adds its fields to the log lines of all called functions', async () => {
  const { lines, logger } = readable();
  await withLogFields({ session: 'ses_a' }, async () => {
    await Promise.resolve();
    logger.info('inside');
    withLogFields({ requestId: 'r' }, () => logger.info('deeper'));
  });
  logger.info('outside');
  expect(lines.map(({ msg, session, requestId }) => [msg, session, requestId])).toEqual([
    ['inside', 'ses_a', undefined],
    ['deeper', 'ses_a', 'r'],
    ['outside', undefined, undefined],
  ]);
});
