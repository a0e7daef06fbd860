import { describe, expect, it } from 'vitest';
import { startTestServer } from '../support/server.js';
import { haveChromium, openPage, WITHOUT_CHROMIUM } from './chromium.js';
import { paint, pasteSample, prepare, SAMPLE, setNumber } from './studio-page.js';

describe.skipIf(!haveChromium)(`the Create page (${WITHOUT_CHROMIUM})`, () => {
  it('says at its place why a file is refused, and takes another', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const { page, complaints } = await openPage(server.url);
    await page.goto('/');
    const well = page.getByRole('region', { name: 'Picture to paint' });
    const file = well.locator('input[type=file]').first();
    await file.setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no picture at all') });
    await well.getByRole('alert').filter({ hasText: 'notes.png' }).waitFor();
    await page.getByRole('button', { name: 'Choose a style' }).waitFor();
    // Chromium reports the refusal, too.
    expect(complaints.splice(0)).toHaveLength(1);

    await well.locator('input[type=file]').first().setInputFiles(`${SAMPLE}landscape.jpg`);
    await well.getByRole('img', { name: 'To be painted: landscape.jpg' }).waitFor();
    await well.getByRole('alert').waitFor({ state: 'detached' });
    await well.getByRole('progressbar').waitFor({ state: 'detached' });
  });

  it('shows what the server finds wrong at the field in question', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const { page } = await openPage(server.url);
    await prepare(page, { steps: 20 });
    await setNumber(page, 'scaleRatio', 99);
    await page.getByRole('button', { name: 'Paint', exact: true }).click();
    const control = page.locator('[data-field=scaleRatio]');
    await control.locator('.mistake').waitFor();
    expect(await control.locator('input').getAttribute('aria-invalid')).toBe('true');
    expect(page.url()).toBe(`${server.url}/`);

    await control.getByRole('button', { name: /back to the preset/ }).click();
    expect(await control.locator('input').inputValue()).toBe('1.414');
  });

  it('lets stand what is being typed, whatever happens to the page meanwhile', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const { page } = await openPage(server.url);
    await prepare(page, { steps: 20 });
    const input = page.locator('[data-field=scaleRatio] input');
    await input.fill('1.25');
    await pasteSample(page, 'swirls.jpg', 'pasted.jpg');
    await page.getByRole('img', { name: 'Style: pasted.jpg' }).waitFor();
    expect(await input.inputValue()).toBe('1.25');
    // The pasted picture has been uploaded.
    await page.getByRole('button', { name: 'Paint', exact: true }).waitFor();
    await input.press('Enter');
    await page.waitForURL(/\/sessions\/ses_/);
    const { session } = await server.ask<{ session: { recipe: { scaleRatio: number } } }>(
      `{ session(id: "${page.url().split('/').at(-1)!}") { recipe { scaleRatio } } }`,
    );
    expect(session.recipe.scaleRatio).toBe(1.25);
  });

  it('begins one painting where the answer was lost and Paint is pressed again', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const { page, complaints } = await openPage(server.url);
    await prepare(page, { steps: 20 });
    let lost = 0;
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('mutation CreateSession') || lost > 0) return route.continue();
      lost += 1;
      await route.fetch();
      await route.abort();
    });
    await page.getByRole('button', { name: 'Paint', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'The server could not be asked' }).waitFor();
    // Chromium reports the loss, too.
    expect(complaints.splice(0)).toHaveLength(lost);
    const id = await paint(page);
    const { sessions } = await server.ask<{ sessions: { edges: { node: { id: string } }[] } }>(
      '{ sessions { edges { node { id } } } }',
    );
    expect(sessions.edges).toEqual([{ node: { id } }]);
  });

  it('takes dropped and pasted pictures', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const { page } = await openPage(server.url);
    await page.goto('/');
    await page.getByRole('radio', { name: /^Balanced/ }).waitFor();
    // Real files, as the browser gives them to the page.
    await page.evaluate(async () => {
      const bytes = await (await fetch('/samples/swirls.jpg')).blob();
      const data = new DataTransfer();
      data.items.add(new File([bytes], 'dropped.jpg', { type: 'image/jpeg' }));
      const styles = document.querySelector('[aria-label=Styles]')!;
      styles.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    await pasteSample(page, 'swirls.jpg', 'pasted.jpg');
    await page.getByRole('img', { name: 'Style: dropped.jpg' }).waitFor();
    await page.getByRole('img', { name: 'To be painted: pasted.jpg' }).waitFor();
    await page.getByRole('button', { name: 'Paint', exact: true }).waitFor();
  });

  it('keeps a recipe as a preset of one’s own', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const { page } = await openPage(server.url);
    await prepare(page, { steps: 20 });
    await page.getByRole('button', { name: 'Keep as a preset' }).click();
    const dialog = page.getByRole('dialog', { name: 'Keep as a preset' });
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await dialog.getByRole('alert').first().waitFor();
    await dialog.getByLabel('Name').fill('Soft & blue');
    await dialog.getByRole('button', { name: 'Keep' }).click();
    const card = page.getByRole('radio', { name: /^Soft & blue/ });
    // It is in the list before it is chosen.
    await page.getByRole('radio', { name: /^Soft & blue/, checked: true }).waitFor();
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('[data-field=steps] input')?.value === '20',
    );
    await page.getByRole('button', { name: 'Delete the preset Soft & blue' }).click();
    await card.waitFor({ state: 'detached' });
    await page.getByRole('radio', { name: /^Balanced/, checked: true }).waitFor();
    await page.getByRole('button', { name: 'Paint', exact: true }).click();
    await page.waitForURL(/\/sessions\/ses_/);
  });
});
