import { describe, expect, it } from 'vitest';
import { makeKeys } from '../auth/support.js';
import { temporaryFolder } from '../storage/support.js';
import { startTestServer } from '../support/server.js';
import { haveChromium, openPage, WITHOUT_CHROMIUM } from './chromium.js';
import { paint, prepare } from './studio-page.js';

describe.skipIf(!haveChromium)(`a server that wants keys (${WITHOUT_CHROMIUM})`, () => {
  it('asks for one, takes no other, and shows everything with it', async () => {
    const dataDir = await temporaryFolder();
    const [admin] = await makeKeys(dataDir, { name: 'admin', role: 'ADMIN', ownerId: 'local' });
    const server = await startTestServer({ dataDir, auth: 'keys' }, { engine: 'process' });
    const { page, complaints } = await openPage(server.url);
    await page.goto('/');
    const field = page.getByLabel('API key');
    await field.fill('easel_wrong');
    const refused = page.waitForResponse((response) => response.status() === 401);
    await page.getByRole('button', { name: 'Open' }).click();
    await refused;
    await field.fill(admin!.secret);
    await page.getByRole('button', { name: 'Open' }).click();
    // Chromium itself reports the refusals.
    await page.getByRole('radio', { name: /^Balanced/ }).waitFor();
    expect(complaints.splice(0).every((text) => text.includes('401'))).toBe(true);

    // Uploads, the socket and signed pictures.
    await prepare(page, { steps: 5 });
    await paint(page);
    await page.getByRole('link', { name: 'PNG' }).waitFor();
    const painting = page.getByRole('img', { name: 'The painting' });
    await painting.evaluate((image: HTMLImageElement) => image.decode());

    await page.getByRole('link', { name: 'Queue' }).click();
    await page.getByLabel('Name of the new key').fill('For the phone');
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByText(/Copy it now/).waitFor();
    await page.getByRole('button', { name: 'Revoke the key For the phone' }).click();
    await page.getByText('revoked', { exact: true }).waitFor();
  });
});
