/** Writes docs/controls.md from the schema, the ranges and the presets. With --check: fails where it is stale. */
import { readFile, writeFile } from 'node:fs/promises';
import { CONTROLS_FILE, renderControls } from './controls-page.js';

const text = await renderControls();
if (process.argv.includes('--check')) {
  if ((await readFile(CONTROLS_FILE, 'utf8').catch(() => '')) !== text) {
    console.error('docs/controls.md is stale: run `npm run controls` and commit it.');
    process.exitCode = 1;
  }
} else {
  await writeFile(CONTROLS_FILE, text);
}
