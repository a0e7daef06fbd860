import { describe, expect, it } from 'vitest';
import { startTestServer } from '../support/server.js';
import { haveChromium, openPage, WITHOUT_CHROMIUM } from './chromium.js';

describe.skipIf(!haveChromium)(`Copying (${WITHOUT_CHROMIUM})`, () => {
  it('works on a page that came without TLS from another machine, too', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const id = await server.createSession({ steps: 1 });
    const { page } = await openPage(server.url);
    // As browsers have it there.
    await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await page.goto(`/sessions/${id}`);
    await page.getByRole('button', { name: 'Share link' }).click();
    await page.getByText('Link copied.').waitFor();
    await page.getByRole('button', { name: 'Change title and tags' }).click();
    const title = page.getByRole('dialog').getByLabel('Title');
    await title.fill('');
    await title.press('Control+V');
    expect(await title.inputValue()).toBe(`${server.url}/sessions/${id}`);
  });
});
