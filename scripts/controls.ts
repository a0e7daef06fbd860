/** `npm run controls [-- --check]`: writes docs/controls.md from the schema, the recipe fields and the presets. */
import { CONTROLS_FILE, renderControls } from './controls-page.js';
import { writeOrCheck } from './write-or-check.js';

await writeOrCheck(CONTROLS_FILE, await renderControls(), 'npm run controls');
