/** Masks: how much each pixel of the content counts, 0 to 1. */
import type { Planes } from '../types/run.js';
import { resample } from './resample.js';
import type { GreyImage } from '../../core/pixels.js';

/** A mask picture at the content's size, stretched to its shape: black 0, white 1. */
export function maskPlane({ width, height, data }: GreyImage, to: Pick<Planes, 'width' | 'height'>): Planes {
  return resampleMask({ width, height, data: Float32Array.from(data, (value) => value / 255) }, to.width, to.height);
}

export function resampleMask(mask: Planes, width: number, height: number): Planes {
  const { data } = resample(mask, width, height);
  return { width, height, data: data.map(tidy) };
}

/** The cubic overshoots at hard edges. Rounded to 16 bits, what is white stays exactly so, whatever the resampling rounds. */
const tidy = (value: number) => Math.min(1, Math.max(0, Math.round(value * LEVELS) / LEVELS));
const LEVELS = 65535;

/**
 * Puts the content back where it is to be kept: K c + (1 - K) x, which is the content itself, to the bit, where the mask
 * is white.
 * @param image [3, height, width]
 * @param to where the picture is written; may be `image`
 */
export function keepContent(
  image: Float32Array,
  content: Planes,
  { data: keep }: Planes,
  to: Float32Array,
): Float32Array {
  const pixels = keep.length;
  for (let c = 0; c < 3; c++) {
    for (let i = 0, at = c * pixels; i < pixels; i++, at++) {
      to[at] = keep[i]! * content.data[at]! + (1 - keep[i]!) * image[at]!;
    }
  }
  return to;
}

/** d (K c + (1 - K) x) / dx, applied in place to a gradient [3, height, width]. */
export function withholdGradient(gradient: Float32Array, { data: keep }: Planes): void {
  const pixels = keep.length;
  for (let c = 0; c < 3; c++) {
    for (let i = 0, at = c * pixels; i < pixels; i++, at++) gradient[at]! *= 1 - keep[i]!;
  }
}
