import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { expect, onTestFinished, vi } from 'vitest';

/** Debian's Chromium, or what EASEL_CHROMIUM names. */
const CHROMIUM = process.env['EASEL_CHROMIUM'] || '/usr/bin/chromium';

export const haveChromium = existsSync(CHROMIUM);
export const WITHOUT_CHROMIUM =
  'needs Chromium (Debian: apt-get install chromium; elsewhere EASEL_CHROMIUM=/path/to/it)';

/** A browser, a server and an engine on a busy machine: slow is not wrong. */
const PATIENCE = { step: 120_000, test: 300_000 };
vi.setConfig({ testTimeout: PATIENCE.test, hookTimeout: PATIENCE.step });

/** CI says that it has one: there, nothing is skipped. */
if (process.env['EASEL_REQUIRE']?.split(',').includes('chromium') && !haveChromium) throw new Error(WITHOUT_CHROMIUM);

let browser: Promise<Browser> | undefined;

/** One for the whole file; see `closeBrowser`. */
function getBrowser(): Promise<Browser> {
  // A container's root may not sandbox; the pages are our own.
  return (browser ??= chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] }));
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

export interface TestPage {
  readonly page: Page;
  /** What the console complained of. A test that expects complaints takes them out. */
  readonly complaints: string[];
}

/**
 * A page of a fresh profile, gone when the test ends. Whatever it would load from elsewhere, and every complaint in its
 * console, fails the test.
 */
export async function openPage(origin: string, options: BrowserContextOptions = {}): Promise<TestPage> {
  const context = await (await getBrowser()).newContext({ reducedMotion: 'reduce', baseURL: origin, ...options });
  context.setDefaultTimeout(PATIENCE.step);
  const page = await context.newPage();
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  context.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && host !== new URL(origin).host) elsewhere.push(request.url());
  });
  onTestFinished(async () => {
    await context.close();
    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
  });
  return { page, complaints };
}
