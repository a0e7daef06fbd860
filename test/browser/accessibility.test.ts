import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { startTestServer } from '../support/server.js';
import { haveChromium, openPage, WITHOUT_CHROMIUM } from './chromium.js';
import { prepare, reachStep } from './studio-page.js';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds on the page that is serious or critical. */
async function violations(page: Page): Promise<string[]> {
  // Evaluated, not added as a script: the page's policy allows none but its own.
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<AxeResults> } };
    return (await axe.run()).violations;
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
    );
}

describe.skipIf(!haveChromium)(`accessibility (${WITHOUT_CHROMIUM})`, () => {
  it.each(['light', 'dark'] as const)('has no serious fault on any page in the %s theme', async (colorScheme) => {
    const server = await startTestServer({}, { engine: 'process' });
    const { page } = await openPage(server.url, { colorScheme });
    await prepare(page, { steps: 5 });
    expect(await violations(page)).toEqual([]);

    const done = await server.createSession({ steps: 5 });
    await page.goto(`/sessions/${done}`);
    await page.getByRole('link', { name: 'PNG' }).waitFor();
    await page.locator('summary', { hasText: 'Recipe' }).click();
    expect(await violations(page)).toEqual([]);

    const running = await server.createSession({ steps: 5000 });
    await page.goto(`/sessions/${running}`);
    await reachStep(page, 2);
    expect(await violations(page)).toEqual([]);

    await page.goto('/gallery');
    await page.getByText('2 paintings').waitFor();
    expect(await violations(page)).toEqual([]);

    await page.goto('/queue');
    await page.getByRole('heading', { name: 'Networks' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('works by keyboard alone', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const { page } = await openPage(server.url);
    await page.goto('/');
    await page.getByRole('radio', { name: /^Balanced/ }).waitFor();
    /** Goes on with Tab to the element of this name, as a person would who reads along. */
    const tabTo = async (name: RegExp) => {
      for (let presses = 0; presses < 60; presses += 1) {
        await page.keyboard.press('Tab');
        const found = await page.evaluate(() => {
          const element = document.activeElement as HTMLInputElement;
          const label = element.labels?.[0]?.textContent ?? element.ariaLabel;
          return (label || element.querySelector('img')?.alt || element.textContent || '').trim();
        });
        if (name.test(found)) return;
      }
      throw new Error(`Tab never leads to ${name}`);
    };
    await tabTo(/^Skip to the content$/);
    await page.keyboard.press('Enter');
    await tabTo(/^Mountain lake$/);
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: /^To be painted/ }).waitFor();
    await tabTo(/^Swirls$/);
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: /^Style: Swirls/ }).waitFor();
    await tabTo(/^Balanced/);
    await page.keyboard.press('ArrowRight');
    await page.getByRole('radio', { name: /^Draft/, checked: true }).waitFor();
    await tabTo(/^Size$/);
    await page.keyboard.press('Home');
    await tabTo(/^Steps$/);
    await page.keyboard.press('Home');
    await tabTo(/^Paint$/);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'PNG' }).waitFor();
    await tabTo(/^Before and after$/);
    await page.keyboard.press('End');
    await page.getByText('Original', { exact: true }).first().waitFor();
  });
});
