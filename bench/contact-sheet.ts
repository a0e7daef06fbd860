/**
 * `npm run bench:sheet [-- --presets balanced,bold --sizes 256,512 --recipe '{"styleWeight":1e5}' --out sheet.jpg]`: runs
 * every preset and size on every pair of images and writes one sheet: a row per pair, content and style first. Prints the
 * seconds and the final content and style losses.
 *
 * Images are the samples, or those of a folder (--images DIR --pairs content:style,...).
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { resolveRecipe, type RecipeOverrides } from '../src/engine/index.js';
import { paint, readImage, readSample, toSharp } from '../scripts/painting.js';
import type { RgbImage } from '../src/core/pixels.js';

const { values } = parseArgs({
  options: {
    presets: { type: 'string', default: 'balanced' },
    sizes: { type: 'string', default: '256' },
    recipe: { type: 'string', default: '{}' },
    /** A safetensors file that replaces the recipe's network. */
    network: { type: 'string' },
    images: { type: 'string' },
    pairs: { type: 'string', default: 'landscape:swirls,landscape:gouache' },
    out: { type: 'string', default: 'sheet.jpg' },
  },
});
const overrides = JSON.parse(values.recipe) as RecipeOverrides;
const TILE = 320;

const read = (name: string) => (values.images ? readImage(path.join(values.images, `${name}.jpg`)) : readSample(name));
const tile = (image: RgbImage) =>
  toSharp(image).resize(TILE, TILE, { fit: 'contain', background: '#808080' }).png().toBuffer();

const rows: Buffer[][] = [];
const numbers: Record<string, string | number>[] = [];
for (const pair of values.pairs.split(',')) {
  const [content, style] = await Promise.all(pair.split(':').map(read));
  if (!content || !style) throw new Error(`--pairs ${pair}: a pair is content:style`);
  const row = [await tile(content), await tile(style)];
  for (const preset of values.presets.split(',')) {
    for (const size of values.sizes.split(',').map(Number)) {
      const recipe = resolveRecipe(preset, { size, ...overrides });
      const request = { content, styles: [{ image: style, weight: 1 }], recipe };
      const { image, losses, seconds } = await paint(request, values.network);
      row.push(await tile(image));
      numbers.push({
        pair,
        preset,
        size,
        seconds: seconds.toFixed(1),
        content: losses.content.toPrecision(3),
        style: losses.style.toPrecision(3),
      });
    }
  }
  rows.push(row);
}
await sharp({
  create: { width: rows[0]!.length * TILE, height: rows.length * TILE, channels: 3, background: '#808080' },
})
  .composite(rows.flatMap((row, y) => row.map((input, x) => ({ input, left: x * TILE, top: y * TILE }))))
  .jpeg({ quality: 88 })
  .toFile(values.out);
console.table(numbers);
console.log(values.out);
