import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';

/** Debian's Chromium, or the one that EASEL_CHROMIUM names. */
const CHROMIUM = process.env['EASEL_CHROMIUM'] || '/usr/bin/chromium';
const HINT = 'needs Chromium (Debian: apt-get install chromium; elsewhere EASEL_CHROMIUM=/path/to/it)';

declare module 'vitest' {
  export interface ProvidedContext {
    /** WebSocket address of the browser; null if there is none. */
    chromium: string | null;
  }
}

/** A vitest global setup: starts one Chromium for all test files. EASEL_REQUIRE=chromium makes its absence an error. */
export default async function launchChromium({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!existsSync(CHROMIUM)) {
    if (process.env['EASEL_REQUIRE']?.split(',').includes('chromium')) throw new Error(`test/browser ${HINT}`);
    provide('chromium', null);
    console.warn(`Skipped: test/browser ${HINT}`);
    return;
  }
  // A container's root cannot use the sandbox; the pages are the project's own.
  const server = await chromium.launchServer({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  provide('chromium', server.wsEndpoint());
  return () => server.close();
}
