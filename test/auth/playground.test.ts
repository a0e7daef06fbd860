import { existsSync } from 'node:fs';
import { chromium, type WebSocket } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { startGuarded } from './support.js';

const CHROMIUM = process.env['EASEL_CHROMIUM'] || '/usr/bin/chromium';

it.skipIf(!existsSync(CHROMIUM))(
  'the playground asks for a key once and sends it over HTTP and sockets (needs Chromium, or EASEL_CHROMIUM)',
  async () => {
    const { admin } = await startGuarded();
    const id = await admin.createSession({ steps: 5000 });
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    let asked = 0;
    page.on('dialog', (dialog) => {
      asked += 1;
      void dialog.accept(admin.key);
    });
    const introspection = page.waitForResponse((response) => response.url().endsWith('/graphql'));
    const query = `subscription { sessionProgress(id: "${id}") { session { id } } }`;
    await page.goto(`${admin.url}/playground?query=${encodeURIComponent(query)}`);
    expect((await introspection).status()).toBe(200);

    const socket = page.waitForEvent('websocket');
    await page.getByRole('button', { name: /execute/i }).click();
    const received = await frameWith(await socket, '"type":"next"');
    expect(JSON.parse(received)).toMatchObject({ payload: { data: { sessionProgress: { session: { id } } } } });
    expect(asked).toBe(1);
  },
);

async function frameWith(socket: WebSocket, text: string): Promise<string> {
  const { payload } = await socket.waitForEvent('framereceived', ({ payload }) => payload.includes(text));
  return payload.toString();
}
