/**
 * Paints the sample pictures from numbers alone, so that they belong to nobody else and can be painted again:
 * a photo-like landscape to transfer to, and two paintings to transfer from. Usage: npm run samples
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { paintLandscape } from './landscape/index.js';
import { paintGouache } from './paint/gouache.js';
import { paintSwirls } from './paint/swirls.js';

const folder = new URL('../../samples/', import.meta.url);
await mkdir(folder, { recursive: true });

for (const [name, paint, quality] of [
  ['landscape', paintLandscape, 92],
  ['swirls', paintSwirls, 90],
  ['gouache', paintGouache, 90],
] as const) {
  const start = performance.now();
  await paint().save(fileURLToPath(new URL(`${name}.jpg`, folder)), quality);
  console.log(`samples/${name}.jpg (${((performance.now() - start) / 1000).toFixed(0)} s)`);
}
