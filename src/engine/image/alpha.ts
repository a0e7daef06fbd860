/** A content's alpha channel is split off before a run and put back on what is shown; styles are flattened. */
import { clip, normalize } from './normalize.js';
import { resample } from './resample.js';
import type { RgbImage } from '../../core/pixels.js';
import type { Planes } from '../types/run.js';

/** The picture on white, without alpha. */
export function flatten({ width, height, data, alpha }: RgbImage): RgbImage {
  if (!alpha) return { width, height, data };
  const flat = data.map((value, i) => {
    const opacity = alpha[Math.floor(i / 3)]! / 255;
    return Math.round(opacity * value + (1 - opacity) * 255);
  });
  return { width, height, data: flat };
}

/** Below this opacity a pixel has no colour worth asking for; half a level of 8-bit alpha. */
const INVISIBLE = 1 / 510;

/**
 * The picture in the network's normalised space and its alpha, both resampled. Colours count as much as they can be
 * seen, so that nothing from behind transparent pixels bleeds into an edge; where nothing is seen, there is the mean grey.
 */
export function splitAlpha(
  picture: RgbImage,
  width: number,
  height: number,
): { image: Planes; alpha: Planes | undefined } {
  const image = normalize(picture);
  if (!picture.alpha) return { image: resample(image, width, height), alpha: undefined };
  const opacity = Float32Array.from(picture.alpha, (value) => value / 255);
  const pixels = opacity.length;
  const premultiplied = { ...image, data: image.data.map((value, i) => value * opacity[i % pixels]!) };
  const { data } = resample(premultiplied, width, height);
  const alpha = resample({ ...image, data: opacity }, width, height);
  const straight = data.map((value, i) => {
    const visible = alpha.data[i % (width * height)]!;
    return visible < INVISIBLE ? 0 : value / visible;
  });
  return { image: clip({ width, height, data: straight }), alpha: clamp(alpha) };
}

/** The picture with the alpha, resampled to its size. */
export function joinAlpha(picture: RgbImage, alpha: Planes | undefined): RgbImage {
  if (!alpha) return picture;
  const { data } = clamp(resample(alpha, picture.width, picture.height));
  return { ...picture, alpha: Uint8Array.from(data, (opacity) => Math.round(255 * opacity)) };
}

/** The cubic overshoots at hard edges. */
function clamp({ width, height, data }: Planes): Planes {
  return { width, height, data: data.map((value) => Math.min(1, Math.max(0, value))) };
}
