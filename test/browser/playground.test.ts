import type { WebSocket } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { startGuarded } from '../auth/support.js';
import { getBrowser, haveChromium, WITHOUT_CHROMIUM } from './chromium.js';

it.skipIf(!haveChromium)(
  `the playground asks for a key once and sends it over HTTP and sockets (${WITHOUT_CHROMIUM})`,
  async () => {
    const { admin } = await startGuarded({}, { engine: 'process' });
    const id = await admin.createSession({ steps: 5000 });
    const context = await (await getBrowser()).newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
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
