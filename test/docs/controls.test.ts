import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { CONTROLS_FILE, renderControls } from '../../scripts/controls-page.js';

it('docs/controls.md says what the code does', async () => {
  expect(await readFile(CONTROLS_FILE, 'utf8')).toBe(await renderControls());
});
