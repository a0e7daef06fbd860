import { readFile } from 'node:fs/promises';
import { MEASURING_SIDE } from '../engine/index.js';
import type { ImageCodec } from '../storage/index.js';
import type { RgbImage } from '../core/pixels.js';

const NAMES = ['landscape', 'swirls', 'gouache'] as const;

/** The images in samples/ on which activations are measured when a network is normalised. */
export async function readSampleImages(codec: Pick<ImageCodec, 'decode'>): Promise<RgbImage[]> {
  return await Promise.all(
    // src/ and dist/ have the same depth.
    NAMES.map(async (name) =>
      codec.decode(await readFile(new URL(`../../samples/${name}.jpg`, import.meta.url)), MEASURING_SIDE),
    ),
  );
}
