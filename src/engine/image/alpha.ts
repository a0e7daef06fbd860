/** Alpha: removed from the content before a run and restored afterwards; styles are flattened. */
import { clip, normalize } from './normalize.js';
import { resample } from './resample.js';
import type { RgbImage } from '../../core/pixels.js';
import type { Planes } from '../types/run.js';

/** The image on white, without alpha. */
export function flatten({ width, height, data, alpha }: RgbImage): RgbImage {
  if (!alpha) return { width, height, data };
  const flat = data.map((value, i) => {
    const opacity = alpha[Math.floor(i / 3)]! / 255;
    return Math.round(opacity * value + (1 - opacity) * 255);
  });
  return { width, height, data: flat };
}

/** Pixels below this opacity, half a level of 8-bit alpha, have no colour. */
const INVISIBLE = 1 / 510;

/**
 * The image, normalised, and its alpha, both resampled. Colours are weighted by their opacity, so that transparent pixels do
 * not bleed into edges. Transparent pixels become the mean grey, 0.
 */
export function splitAlpha(
  source: RgbImage,
  width: number,
  height: number,
): { image: Planes; alpha: Planes | undefined } {
  const image = normalize(source);
  if (!source.alpha) return { image: resample(image, width, height), alpha: undefined };
  const opacity = Float32Array.from(source.alpha, (value) => value / 255);
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

/** The image with the given alpha, resampled to its size. */
export function joinAlpha(source: RgbImage, alpha: Planes | undefined): RgbImage {
  if (!alpha) return source;
  const { data } = clamp(resample(alpha, source.width, source.height));
  return { ...source, alpha: Uint8Array.from(data, (opacity) => Math.round(255 * opacity)) };
}

/** Clamps to [0, 1]: cubic resampling overshoots at hard edges. */
function clamp({ width, height, data }: Planes): Planes {
  return { width, height, data: data.map((value) => Math.min(1, Math.max(0, value))) };
}

/**
 * Blends the result over the content: 0 gives the content, 1 the result. Mixes gamma-encoded values, as image editors do;
 * keeps the result's alpha.
 * @param content of the result's size
 */
export function applyStrength(result: RgbImage, content: RgbImage, strength: number): RgbImage {
  const data = result.data.map((value, i) => Math.round(strength * value + (1 - strength) * content.data[i]!));
  return { ...result, data };
}
