import { describe, expect, it } from 'vitest';
import { startTestServer } from '../support/server.js';
import { haveChromium, openPage, WITHOUT_CHROMIUM } from './chromium.js';
import { paint, prepare, reachStep, pauseWithWholeCurve } from './studio-page.js';

describe.skipIf(!haveChromium)(`the Studio (${WITHOUT_CHROMIUM})`, () => {
  it('leads from two pictures to a painting that one finds again', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const { page } = await openPage(server.url);
    await prepare(page, { steps: 30 });
    await page.getByLabel('Title').fill('Journey');
    const id = await paint(page);

    // Watch: the painting forms, and the picture to compare with is at hand.
    await reachStep(page, 1);
    await page
      .getByRole('img', { name: 'The painting so far' })
      .or(page.getByRole('img', { name: 'The painting' }))
      .waitFor();

    // Result.
    await page.getByRole('link', { name: 'PNG' }).waitFor();
    await page.getByRole('img', { name: /^Loss over 30 steps/ }).waitFor();
    const compare = page.getByRole('slider', { name: 'Before and after' });
    await compare.fill('40');
    expect(await compare.getAttribute('aria-valuetext')).toBe('40 % of the original is shown');

    // What one downloads is what the server blends.
    await page.getByRole('slider', { name: 'Strength' }).fill('50');
    await page.locator('a[download="Journey.webp"][href*="strength=50"]').waitFor();
    const href = await page.getByRole('link', { name: 'WebP' }).getAttribute('href');
    const picture = await fetch(server.url + href!);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/webp']);

    // How it came about.
    await page.getByRole('button', { name: 'Play the timelapse' }).click();
    await page.getByText('Step 30', { exact: true }).waitFor();

    // A better title, and where to file it.
    await page.getByRole('button', { name: 'Change title and tags' }).click();
    const dialog = page.getByRole('dialog', { name: 'Title and tags' });
    await dialog.getByLabel('Title').fill('A long journey');
    await dialog.getByLabel(/^Tags/).fill('Mountains, lake');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'A long journey' }).waitFor();

    // Gallery, and back.
    await page.getByRole('link', { name: 'Gallery' }).click();
    await page.getByRole('searchbox', { name: 'Search in titles' }).fill('short');
    await page.getByText('No painting is like that.').waitFor();
    await page.getByRole('searchbox', { name: 'Search in titles' }).fill('long');
    await page.getByRole('combobox', { name: 'Tag' }).selectOption('mountains');
    await page.getByRole('link', { name: /A long journey/ }).click();
    await page.waitForURL(`**/sessions/${id}`);

    // As the next one's style.
    await page.getByRole('link', { name: 'Use as style' }).click();
    await page.getByRole('button', { name: 'Remove the style a painting' }).waitFor();

    // The same again, changed.
    await page.goto(`/sessions/${id}`);
    await page.getByRole('link', { name: 'Edit as new' }).click();
    await page.getByRole('button', { name: 'Paint', exact: true }).waitFor();
    await page.getByText('All controls').click();
    expect(await page.locator('[data-field=steps] input').inputValue()).toBe('30');
  });

  it('shows all that went before to who comes in the middle, and goes on live', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const { page } = await openPage(server.url);
    const id = await server.createSession({ steps: 5000 });
    await page.goto(`/sessions/${id}`);
    await reachStep(page, 20);
    const { page: other } = await openPage(server.url);
    await other.goto(`/sessions/${id}`);
    await reachStep(other, 30);
    // Every step from the first has its point, though this page was not there.
    await pauseWithWholeCurve(other);

    // What one page does, the other shows.
    await other.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
  });
});
