import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { afterAll, expect, it } from 'vitest';
import { errorHandler } from '../../src/http/errors.js';
import { withSteadyBody } from '../../src/http/steady-body.js';

const app = express();
app.post('/', async (request, response) => {
  const bytes = await withSteadyBody(
    request,
    async () => {
      let total = 0;
      for await (const chunk of request.iterator({ destroyOnReturn: false })) total += (chunk as Buffer).byteLength;
      return total;
    },
    { idleMs: 200, bytesPerSecond: 1000, graceMs: 300 },
  );
  response.json({ bytes });
});
app.use(errorHandler(pino({ level: 'silent' })));
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => server.close());

/** Sends a body of 5,000 bytes in parts of this size, one every so many milliseconds; resolves with the answer. */
async function send(bytes: number, everyMs: number): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5000\r\n\r\n');
  let left = 5000;
  const timer = setInterval(() => {
    socket.write('x'.repeat(Math.min(bytes, left)));
    left -= bytes;
    if (left <= 0) clearInterval(timer);
  }, everyMs);
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.on('error', () => undefined);
  await once(socket, 'close');
  clearInterval(timer);
  return answer;
}

it('lets a body that comes steadily in', async () => {
  expect(await send(500, 20)).toMatch(/^HTTP\/1\.1 200 [\s\S]*"bytes":5000/);
});

it.each([
  ['stops', 100, 10_000],
  ['trickles', 1, 50],
])('answers 408 to a body that %s, and closes the connection', async (_, bytes, everyMs) => {
  expect(await send(bytes, everyMs)).toMatch(/^HTTP\/1\.1 408 [\s\S]*REQUEST_TIMEOUT/);
});
