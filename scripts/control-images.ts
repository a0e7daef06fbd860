/**
 * Makes the images of docs/controls.md: one strip per control (scripts/effects.ts), in docs/images/controls/. Usage:
 * npm run controls:images [-- FIELD ...]. All strips take about ten minutes.
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { applyStrength, resolveRecipe } from '../src/engine/index.js';
import { IMAGE_EFFECTS, RECIPE_EFFECTS, type Effect, type Half, type Sample, type Variation } from './effects.js';
import { paint, readSample, toSharp } from './painting.js';
import type { GreyImage, RgbImage } from '../src/core/pixels.js';

/** Recipe fields common to all variations. Small and short runs, because there are eighty. */
const COMMON = { size: 208, steps: 120 } as const;
const TILE = { width: 240, height: 160, gap: 6 } as const;

const samples = {
  landscape: await readSample('landscape'),
  swirls: await readSample('swirls'),
  gouache: await readSample('gouache'),
} satisfies Record<Sample, unknown>;

async function paintVariation({ recipe: common }: Effect, variation: Variation): Promise<Buffer> {
  const { recipe, styles = [{ sample: 'swirls' }], initialImage, keepMask, strength = 1 } = variation;
  const { image } = await paint({
    content: samples.landscape,
    styles: styles.map(({ sample, weight = 1, scale, mask }) => ({
      image: samples[sample],
      weight,
      scale,
      mask: mask && half(mask),
    })),
    keepMask: keepMask && half(keepMask),
    initialImage: initialImage && samples[initialImage],
    recipe: resolveRecipe('balanced', { ...COMMON, ...common, ...recipe }),
  });
  const content = await resizeTo(samples.landscape, image);
  return await toSharp(applyStrength(image, content, strength))
    .resize(TILE.width, TILE.height, { fit: 'fill' })
    .png()
    .toBuffer();
}

/** A mask that is white in one half. */
function half(where: Half): GreyImage {
  const side = 64;
  const isWhite = (x: number, y: number) =>
    where === 'left' ? x < side / 2 : where === 'right' ? x >= side / 2 : y >= side / 2;
  const data = Uint8Array.from({ length: side * side }, (_, i) => (isWhite(i % side, Math.floor(i / side)) ? 255 : 0));
  return { width: side, height: side, data };
}

async function resizeTo(image: RgbImage, { width, height }: RgbImage): Promise<RgbImage> {
  const data = await toSharp(image).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return { width, height, data };
}

const folder = new URL('../docs/images/controls/', import.meta.url);
await mkdir(folder, { recursive: true });
const wanted = process.argv.slice(2);
for (const [name, effect] of Object.entries<Effect>({ ...RECIPE_EFFECTS, ...IMAGE_EFFECTS })) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const start = performance.now();
  const tiles: Buffer[] = [];
  for (const variation of effect.variations) tiles.push(await paintVariation(effect, variation));
  const { width, height, gap } = TILE;
  const pitch = width + gap;
  await sharp({
    create: { width: tiles.length * pitch - gap, height, channels: 3, background: 'white' },
  })
    .composite(tiles.map((input, index) => ({ input, left: index * pitch, top: 0 })))
    .jpeg({ quality: 85, mozjpeg: true })
    .toFile(fileURLToPath(new URL(`${name}.jpg`, folder)));
  console.log(`${name}.jpg (${((performance.now() - start) / 1000).toFixed(0)} s)`);
}
