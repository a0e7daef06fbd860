/** Masks: weights of the content's pixels, from 0 to 1. */
import type { Planes } from '../types/run.js';
import { resample } from './resample.js';
import type { GreyImage } from '../../core/pixels.js';

/** A mask image, stretched to the content's size: black becomes 0, white 1. */
export function maskPlane({ width, height, data }: GreyImage, to: Pick<Planes, 'width' | 'height'>): Planes {
  return resampleMask({ width, height, data: Float32Array.from(data, (value) => value / 255) }, to.width, to.height);
}

export function resampleMask(mask: Planes, width: number, height: number): Planes {
  const { data } = resample(mask, width, height);
  return { width, height, data: data.map(tidy) };
}

/** Clamps cubic overshoots and rounds to 16 bits, so that white stays exactly 1 despite rounding in the resampling. */
const tidy = (value: number) => Math.min(1, Math.max(0, Math.round(value * LEVELS) / LEVELS));
const LEVELS = 65535;

/**
 * Writes K c + (1 - K) x, where K is the keep mask, c the content and x the image. Equals the content to the bit where the
 * mask is 1.
 * @param image [3, height, width]
 * @param to receives the result; may be `image`
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

/** Multiplies a gradient [3, height, width] by d (K c + (1 - K) x) / dx, in place. */
export function withholdGradient(gradient: Float32Array, { data: keep }: Planes): void {
  const pixels = keep.length;
  for (let c = 0; c < 3; c++) {
    for (let i = 0, at = c * pixels; i < pixels; i++, at++) gradient[at]! *= 1 - keep[i]!;
  }
}
