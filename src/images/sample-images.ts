import { readFile } from 'node:fs/promises';
import { MEASURING_SIDE } from '../engine/index.js';
import type { ImageCodec } from '../storage/types.js';
import type { RgbImage } from '../core/pixels.js';

const NAMES = ['landscape', 'swirls', 'gouache'] as const;

/** The pictures in samples/ that networks' activations are measured on. */
export async function readSampleImages(codec: Pick<ImageCodec, 'decode'>): Promise<RgbImage[]> {
  return await Promise.all(
    // The same depth from src/ and from dist/.
    NAMES.map(async (name) =>
      codec.decode(await readFile(new URL(`../../samples/${name}.jpg`, import.meta.url)), MEASURING_SIDE),
    ),
  );
}
