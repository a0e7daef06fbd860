import { describe, expect, it } from 'vitest';
import { startTestServer } from '../support/server.js';
import { haveChromium, openPage, WITHOUT_CHROMIUM } from './chromium.js';
import { reachStep } from './studio-page.js';

describe.skipIf(!haveChromium)(`a session's life (${WITHOUT_CHROMIUM})`, () => {
  it('is paused, goes on, is cancelled, painted on and branched', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const { page } = await openPage(server.url);
    const id = await server.createSession({ steps: 5000 });
    await page.goto(`/sessions/${id}`);
    await reachStep(page, 3);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();

    await page.getByRole('button', { name: 'Paint on' }).click();
    const dialog = page.getByRole('dialog', { name: 'Paint on' });
    await dialog.getByLabel('Further steps').fill('0');
    await dialog.getByRole('button', { name: 'Paint on' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Further steps').fill('4');
    await dialog.getByRole('button', { name: 'Paint on' }).click();
    await page.getByRole('link', { name: 'PNG' }).waitFor();

    await page.getByRole('button', { name: 'Branch off' }).click();
    const branch = page.getByRole('dialog', { name: 'Branch off' });
    await branch.getByLabel('Steps').fill('3');
    await branch.getByLabel('Title').fill('Another way');
    await branch.getByRole('button', { name: 'Branch off' }).click();
    await page.getByRole('heading', { name: 'Another way' }).waitFor();
    expect(page.url()).not.toContain(id);
    await page.getByRole('img', { name: /^Loss over 3 steps/ }).waitFor();
    await page.getByRole('link', { name: 'PNG' }).waitFor();
  });

  it('ends with a deletion that can be taken back', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const { page } = await openPage(server.url);
    await page.clock.install();
    const id = await server.createSession({ steps: 2 });
    await page.goto(`/sessions/${id}`);
    await page.getByRole('link', { name: 'PNG' }).waitFor();
    await page.goto('/gallery');
    const tile = page.getByRole('link', { name: /Untitled/ });
    await page.getByRole('button', { name: 'Delete Untitled' }).click();
    await tile.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await tile.waitFor();
    // Time passes, and it is still there.
    await page.clock.fastForward(60_000);
    const find = () => server.ask<{ session: object | null }>('query ($id: ID!) { session(id: $id) { id } }', { id });
    expect(await find()).toEqual({ session: { id } });

    await page.getByRole('button', { name: 'Delete Untitled' }).click();
    await tile.waitFor({ state: 'detached' });
    const answered = page.waitForResponse(
      (response) => response.request().postData()?.includes('DeleteSession') ?? false,
    );
    await page.clock.fastForward(10_000);
    await answered;
    expect(await find()).toEqual({ session: null });
    await page.getByText('Nothing has been painted yet.').waitFor();
  });

  it('shows in the gallery and the queue without being asked for', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const { page } = await openPage(server.url);
    await page.goto('/queue');
    await page.getByRole('button', { name: 'Pause the queue' }).click();
    await page.getByRole('button', { name: 'Let the queue go on' }).waitFor();

    await page.getByRole('link', { name: 'Gallery' }).click();
    await page.getByText('Nothing has been painted yet.').waitFor();
    await server.createSession({ steps: 3 });
    await page.getByRole('link', { name: /Untitled Waiting/ }).waitFor();

    await page.getByRole('link', { name: 'Queue' }).click();
    await page.getByRole('button', { name: 'Let the queue go on' }).click();
    await page.getByRole('link', { name: 'Gallery' }).click();
    await page.getByRole('link', { name: /Untitled just now/ }).waitFor();
  });
});
