import { fitSize, type Recipe } from '../engine/index.js';

/** Pictures up to this long side reach the engine as they are, whatever the recipe's size, pixels. */
const UNTOUCHED_SIDE = 2048;

export interface WorkingSize {
  /** The picture is decoded to fit this side, pixels. */
  readonly decodeSide: number;
  /** Its size then. */
  readonly decoded: { readonly width: number; readonly height: number };
  /** The size at which the engine works on it, pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * How large a stored picture goes to the engine, and how large the engine makes it. A huge photo is shrunk on the way,
 * to at least twice the engine's size, so that it does not travel and get resampled as hundreds of megabytes of floats.
 */
export function workingSize(picture: { width: number; height: number }, recipe: Recipe): WorkingSize {
  const fitted = fitSize(picture.width, picture.height, recipe);
  const decodeSide = Math.max(UNTOUCHED_SIDE, 2 * Math.max(fitted.width, fitted.height));
  const factor = Math.min(1, decodeSide / Math.max(picture.width, picture.height));
  const decoded = { width: Math.round(picture.width * factor), height: Math.round(picture.height * factor) };
  // Rounding twice can differ by a pixel from rounding once, so the engine's size follows from the decoded one.
  return { decodeSide, decoded, ...fitSize(decoded.width, decoded.height, recipe) };
}
