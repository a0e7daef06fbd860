/** `npm run presets`: runs every preset on the samples and writes small images for the Studio's preset cards. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { PRESETS } from '../src/engine/index.js';

const at = (file: string) => fileURLToPath(new URL(`../${file}`, import.meta.url));
const SIZE = { width: 240, height: 160 };

const folder = await mkdtemp(path.join(tmpdir(), 'easel-presets-'));
try {
  for (const { name } of PRESETS) {
    const painting = path.join(folder, `${name}.png`);
    const args = [
      at('dist/cli/main.js'),
      'demo',
      '--preset',
      name,
      '--style',
      at('samples/swirls.jpg'),
      '--out',
      painting,
    ];
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
    if (status !== 0) throw new Error(`preset ${name} failed`);
    await sharp(painting)
      .resize(SIZE)
      .webp({ quality: 78 })
      .toFile(at(`web/src/create/presets/${name}.webp`));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
