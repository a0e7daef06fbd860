import type { Page } from 'playwright-core';

export const SAMPLE = new URL('../../samples/', import.meta.url).pathname;

/** Chooses a content and a style among the samples, and a run that takes a moment. */
export async function prepare(page: Page, { steps, size = 64 }: { steps: number; size?: number }): Promise<void> {
  await page.goto('/');
  await page.getByRole('region', { name: 'Picture to paint' }).getByRole('button', { name: 'Mountain lake' }).click();
  await page.getByRole('region', { name: 'Styles' }).getByRole('button', { name: 'Swirls' }).click();
  await page.getByText('All controls').click();
  await setNumber(page, 'size', size);
  await setNumber(page, 'steps', steps);
  await page.locator('[data-field=network] select').selectOption('vgg19-half');
}

/** Types a number into a control of the drawer. */
export async function setNumber(page: Page, field: string, value: number): Promise<void> {
  const input = page.locator(`[data-field=${field}] input`);
  await input.fill(String(value));
  await input.blur();
}

/** Pastes one of the samples, as a file that is called so. */
export async function pasteSample(page: Page, sample: string, name: string): Promise<void> {
  await page.evaluate(
    async ([sample, name]) => {
      const bytes = await (await fetch(`/samples/${sample}`)).blob();
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([bytes], name, { type: bytes.type }));
      dispatchEvent(new ClipboardEvent('paste', { clipboardData }));
    },
    [sample, name] as const,
  );
}

/** Starts what was prepared; resolves on the session's page with the session's id. */
export async function paint(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Paint', exact: true }).click();
  await page.waitForURL(/\/sessions\/ses_/);
  return page.url().split('/').at(-1)!;
}

/** Resolves once the run's progress bar is at the step, or beyond it. */
export async function reachStep(page: Page, step: number): Promise<void> {
  await page.waitForFunction(
    (step) => Number(document.querySelector('[aria-label="Steps done"]')?.getAttribute('aria-valuenow')) >= step,
    step,
  );
}

/** How many points the loss curve has. */
export async function curvePoints(page: Page): Promise<number> {
  return Number(await page.locator('.chart-frame').getAttribute('data-points'));
}

/**
 * Pauses the run, and resolves once every step of it has its point in the curve. While it runs, the newest steps may
 * lack theirs: a page that is slower than the engine skips records, and reads them up a second later.
 */
export async function pauseWithWholeCurve(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused', { exact: true }).first().waitFor();
  await page.waitForFunction(() => {
    const points = document.querySelector<HTMLElement>('.chart-frame')?.dataset['points'];
    return points === document.querySelector('[aria-label="Steps done"]')?.getAttribute('aria-valuenow');
  });
}
