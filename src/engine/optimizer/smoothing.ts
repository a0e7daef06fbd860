import type { Size } from '../types/run.js';
import { scale } from '../image/linear-algebra.js';

/** Number of halvings. Image spectra flatten below a sixteenth of the size. */
const LEVELS = 4;
/** Minimum side of a level, pixels. */
const MIN_SIDE = 4;

/**
 * A symmetric positive operator with gain of about 1 / f at spatial frequency f: 1 at the pixel frequency, 2 one octave
 * below, up to 16. Amplitudes of natural images fall as 1 / f (Field 1987), so this is a good initial inverse Hessian.
 *
 * K = I + sum over l >= 1 of 2^(l-1) U^l D^l, where D halves an image with the binomial kernel (1 3 3 1) / 8 in each
 * direction and U = 4 D^T. It costs a few additions per pixel.
 */
export class Smoothing {
  readonly #levels: readonly Level[];

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    const levels: Level[] = [];
    let from: Size = { width, height };
    while (levels.length < LEVELS && Math.min(from.width, from.height) >= 2 * MIN_SIDE) {
      const level = createLevel(from);
      levels.push(level);
      from = level;
    }
    this.#levels = levels;
  }

  /** Applies K in place, plane by plane. */
  apply(planes: Float32Array): void {
    const pixels = this.width * this.height;
    for (let at = 0; at < planes.length; at += pixels) this.#apply(planes.subarray(at, at + pixels), 0, 1);
  }

  #apply(values: Float32Array, index: number, gain: number): void {
    const level = this.#levels[index];
    if (level) {
      halve(values, level);
      this.#apply(level.values, index + 1, index === 0 ? 1 : 2 * gain);
    }
    scale(values, gain);
    if (level) addDoubled(values, level);
  }
}

/** One plane at half the size of the level before, rounded up. */
interface Level extends Size {
  readonly values: Float32Array;
  /** Intermediate result, halved in width only. */
  readonly between: Float32Array;
  readonly from: Size;
}

function createLevel(from: Size): Level {
  const [width, height] = [Math.ceil(from.width / 2), Math.ceil(from.height / 2)];
  const values = new Float32Array(width * height);
  return { width, height, values, between: new Float32Array(width * from.height), from };
}

function halve(fine: Float32Array, { width, height, values, between, from }: Level): void {
  const last = from.width - 1;
  for (let y = 0; y < from.height; y++) {
    const row = y * from.width;
    for (let x = 0; x < width; x++) {
      const at = row + 2 * x;
      const outer = fine[x > 0 ? at - 1 : at]! + fine[Math.min(at + 2, row + last)]!;
      between[y * width + x] = (outer + 3 * (fine[at]! + fine[Math.min(at + 1, row + last)]!)) / 8;
    }
  }
  const end = (from.height - 1) * width;
  for (let y = 0; y < height; y++) {
    const [b, row] = [2 * y * width, y * width];
    const a = y > 0 ? b - width : b;
    const [c, d] = [Math.min(b + width, end), Math.min(b + 2 * width, end)];
    for (let x = 0; x < width; x++) {
      values[row + x] = (between[a + x]! + between[d + x]! + 3 * (between[b + x]! + between[c + x]!)) / 8;
    }
  }
}

/** Adds U values, where U is 4 times the transpose of `halve`: 2 in each direction. */
function addDoubled(fine: Float32Array, { width, height, values, between, from }: Level): void {
  between.fill(0);
  const end = (from.height - 1) * width;
  for (let y = 0; y < height; y++) {
    const [b, row] = [2 * y * width, y * width];
    const a = y > 0 ? b - width : b;
    const [c, d] = [Math.min(b + width, end), Math.min(b + 2 * width, end)];
    for (let x = 0; x < width; x++) {
      const value = values[row + x]! / 4;
      between[a + x]! += value;
      between[b + x]! += 3 * value;
      between[c + x]! += 3 * value;
      between[d + x]! += value;
    }
  }
  const last = from.width - 1;
  for (let y = 0; y < from.height; y++) {
    const row = y * from.width;
    for (let x = 0; x < width; x++) {
      const at = row + 2 * x;
      const value = between[y * width + x]! / 4;
      fine[x > 0 ? at - 1 : at]! += value;
      fine[at]! += 3 * value;
      fine[Math.min(at + 1, row + last)]! += 3 * value;
      fine[Math.min(at + 2, row + last)]! += value;
    }
  }
}
