import { describe, expect, it } from 'vitest';
import type { WebSocketRoute } from 'playwright-core';
import { startTestServer } from '../support/server.js';
import { haveChromium, openPage, WITHOUT_CHROMIUM } from './chromium.js';
import { curvePoints, reachStep, pauseWithWholeCurve } from './studio-page.js';

describe.skipIf(!haveChromium)(`a lost connection (${WITHOUT_CHROMIUM})`, () => {
  it('is shown, and made up for: no step of the curve is missing', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const { page, complaints } = await openPage(server.url);
    let gone = false;
    let present: WebSocketRoute | undefined;
    await page.routeWebSocket(/\/graphql$/, async (socket) => {
      if (gone) return await socket.close({ code: 1013 });
      present = socket;
      socket.connectToServer();
    });
    const id = await server.createSession({ steps: 5000 });
    await page.goto(`/sessions/${id}`);
    await reachStep(page, 10);

    gone = true;
    await present!.close({ code: 1013 });
    await page.getByText('The connection is lost').waitFor();
    const before = await curvePoints(page);
    const { session } = await server.ask<{ session: { step: number } }>(
      'query ($id: ID!) { session(id: $id) { step } }',
      {
        id,
      },
    );
    // The painting goes on meanwhile.
    const events = server.connect().iterate<{ sessionProgress: { step: number } }>({
      query: 'subscription ($id: ID!) { sessionProgress(id: $id) { step } }',
      variables: { id },
    });
    for await (const { data } of events) if (data!.sessionProgress.step > session.step + 30) break;

    gone = false;
    await page.getByText('The connection is lost').waitFor({ state: 'detached' });
    await reachStep(page, before + 30);
    await pauseWithWholeCurve(page);
    expect(await curvePoints(page)).toBeGreaterThan(before + 30);
    // Chromium itself reports what could not be reached.
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes('WebSocket')));
  });
});
