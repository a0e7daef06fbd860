import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { expect, inject, onTestFinished } from 'vitest';

export const haveChromium = inject('chromium') !== null;
export const WITHOUT_CHROMIUM = 'needs Chromium, or EASEL_CHROMIUM';

/** Longest wait for something to appear on a page, milliseconds. A machine that is busy is slow, not wrong. */
const PATIENCE = 120_000;

let browser: Promise<Browser> | undefined;

/** The connection to the browser that all test files share. */
export function getBrowser(): Promise<Browser> {
  return (browser ??= chromium.connect(inject('chromium')!));
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
  context.setDefaultTimeout(PATIENCE);
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
