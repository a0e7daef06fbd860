/** Runs the engine without a server, for the images in the documents and for contact sheets. */
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import {
  createOnnxBackend,
  loadNetwork,
  stylize,
  type Losses,
  type Network,
  type StylizeRequest,
} from '../src/engine/index.js';
import type { RgbImage } from '../src/core/pixels.js';

const backend = createOnnxBackend({ threads: os.availableParallelism() });
const networks = new Map<string, Promise<Network>>();

/** Reads an image file as RGB, on white where it is transparent. */
export async function readImage(file: string): Promise<RgbImage> {
  const { data, info } = await sharp(file)
    .rotate()
    .flatten({ background: 'white' })
    .toColorspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** Reads samples/NAME.jpg. */
export const readSample = (name: string) =>
  readImage(fileURLToPath(new URL(`../samples/${name}.jpg`, import.meta.url)));

export interface Painting {
  readonly image: RgbImage;
  readonly losses: Losses;
  readonly seconds: number;
}

/** Runs a recipe to its end. `weights` is a safetensors file; without it, the network must be an embedded one. */
export async function paint(request: Omit<StylizeRequest, 'network' | 'backend'>, weights?: string): Promise<Painting> {
  const { network: name } = request.recipe;
  const file = weights ?? fileURLToPath(new URL(`../assets/networks/${name}.safetensors`, import.meta.url));
  if (!networks.has(file)) networks.set(file, loadNetwork(file));
  const run = stylize({ ...request, network: await networks.get(file)!, backend });
  const start = performance.now();
  let losses: Losses | undefined;
  for (;;) {
    const { value, done } = await run.next();
    if (done) return { image: value, losses: losses!, seconds: (performance.now() - start) / 1000 };
    losses = value.losses;
  }
}

export const toSharp = ({ data, width, height }: RgbImage) => sharp(data, { raw: { width, height, channels: 3 } });
