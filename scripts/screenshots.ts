/**
 * `npm run screenshots`: starts a server on an empty folder, uses the Studio in a browser and writes
 * docs/images/studio-*.webp. Needs Chromium and a build (`npm run build`).
 */
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import sharp from 'sharp';
import { startServerProcess } from '../src/cli/demo/server-process.js';

const CHROMIUM = process.env['EASEL_CHROMIUM'] || '/usr/bin/chromium';
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const MINUTES = 60_000;

const PAINTINGS = [
  { title: 'Night over the lake', style: 'Swirls', preset: 'draft' },
  { title: 'Harbour colours', style: 'Gouache', preset: 'draft' },
  { title: 'Harbour, the lake’s own colours', style: 'Gouache', preset: 'draft', colors: 'The original’s' },
  { title: 'Evening swirls', style: 'Swirls', preset: 'faithful' },
];

const server = await startServerProcess();
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
try {
  const page = await open(browser, 'light', WIDE);
  const done: string[] = [];
  for (const painting of PAINTINGS) {
    await prepare(page, painting);
    if (painting === PAINTINGS[0]) await keep(page, 'create');
    done.push(await paint(page));
    await page.getByRole('link', { name: 'PNG' }).waitFor({ timeout: 10 * MINUTES });
  }
  await page.goto(`${server.url}/sessions/${done.at(-1)!}`);
  await page.getByRole('slider', { name: 'Before and after' }).fill('38');
  await keep(page, 'result');

  await prepare(page, { title: 'Bold night', style: 'Swirls', preset: 'bold' });
  const running = await paint(page);
  const dark = await open(browser, 'dark', WIDE);
  await dark.goto(`${server.url}/sessions/${running}`);
  await dark.waitForFunction(
    () => Number(document.querySelector('[aria-label="Steps done"]')?.getAttribute('aria-valuenow')) >= 120,
    null,
    { timeout: 10 * MINUTES },
  );
  await keep(dark, 'watch');
  const phone = await open(browser, 'dark', PHONE);
  await phone.goto(`${server.url}/sessions/${running}`);
  await phone.getByRole('img', { name: 'The painting so far' }).waitFor();
  await keep(phone, 'phone');
  await dark.goto(`${server.url}/gallery`);
  await dark.getByText(`${done.length + 1} paintings`).waitFor();
  await dark.waitForLoadState('networkidle');
  await keep(dark, 'gallery');
  await dark.goto(`${server.url}/queue`);
  await dark.getByRole('heading', { name: 'Networks' }).waitFor();
  await keep(dark, 'queue');
} finally {
  await browser.close();
  await server.close();
}

async function open(browser: Browser, colorScheme: 'light' | 'dark', viewport: typeof WIDE): Promise<Page> {
  return await (await browser.newContext({ colorScheme, viewport, baseURL: server.url })).newPage();
}

async function prepare(page: Page, { title, style, preset, colors }: (typeof PAINTINGS)[number]): Promise<void> {
  await page.goto(server.url);
  await page.getByRole('region', { name: 'Picture to paint' }).getByRole('button', { name: 'Mountain lake' }).click();
  await page.getByRole('region', { name: 'Styles' }).getByRole('button', { name: style }).click();
  await page.locator(`[name=preset][value=${preset}]`).check({ force: true });
  if (colors) await page.getByRole('radio', { name: colors }).check({ force: true });
  await page.getByLabel('Title').fill(title);
  await page.locator('.estimate').waitFor();
}

async function paint(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Paint', exact: true }).click();
  await page.waitForURL(/\/sessions\/ses_/);
  return page.url().split('/').at(-1)!;
}

async function keep(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const file = fileURLToPath(new URL(`../docs/images/studio-${name}.webp`, import.meta.url));
  await sharp(await page.screenshot({ animations: 'disabled' }))
    .webp({ quality: 82 })
    .toFile(file);
}
