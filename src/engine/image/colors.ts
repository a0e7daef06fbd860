/**
 * Two ways to keep the content's colours (Gatys et al. 2017, arXiv 1611.07865): luminance transfer after the run, and linear
 * colour matching of the styles before the run. All images are normalised.
 */
import { colorStatistics, type ColorStatistics } from './color-statistics.js';
import { multiply, symmetricPower, type Matrix3 } from './linear-algebra.js';
import { clip, STD } from './normalize.js';
import type { Planes } from '../types/run.js';

/** Luma Y' of Rec. 709, whose primaries are sRGB's. */
const LUMA = [0.2126, 0.7152, 0.0722] as const;

/**
 * The luma of `image` with the chroma of `content`, which has the same size. Replacing Y' and keeping B' - Y' and R' - Y'
 * shifts all channels of the content by the difference of the lumas.
 */
export function transferLuminance({ width, height, data }: Planes, content: Planes): Planes {
  const pixels = width * height;
  const transferred = new Float32Array(data.length);
  for (let i = 0; i < pixels; i++) {
    let difference = 0;
    for (let c = 0; c < 3; c++) {
      difference += LUMA[c]! * STD[c]! * (data[c * pixels + i]! - content.data[c * pixels + i]!);
    }
    for (let c = 0; c < 3; c++) {
      transferred[c * pixels + i] = content.data[c * pixels + i]! + difference / STD[c]!;
    }
  }
  return { width, height, data: transferred };
}

/** Added to the variances, in normalised units (about half a grey level), so that flat and grey images have an inverse root. */
const EPSILON = 1e-4;

/**
 * `style` with the mean and covariance of `target`: x -> A (x - mean_S) + mean_T with A = Sigma_T^(1/2) Sigma_S^(-1/2).
 * The roots are symmetric (by PCA): unlike Cholesky factors, they do not depend on the order of the channels and change the
 * colours as little as possible. The result is clipped to valid grey levels.
 */
export function matchColors(style: Planes, target: ColorStatistics): Planes {
  const { width, height, data } = style;
  const { mean, covariance } = colorStatistics(style);
  const map = multiply(symmetricPower(withFloor(target.covariance), 0.5), symmetricPower(withFloor(covariance), -0.5));
  const pixels = width * height;
  const matched = new Float32Array(data.length);
  for (let i = 0; i < pixels; i++) {
    const r = data[i]! - mean[0]!;
    const g = data[pixels + i]! - mean[1]!;
    const b = data[2 * pixels + i]! - mean[2]!;
    for (let c = 0; c < 3; c++) {
      matched[c * pixels + i] = map[3 * c]! * r + map[3 * c + 1]! * g + map[3 * c + 2]! * b + target.mean[c]!;
    }
  }
  return clip({ width, height, data: matched });
}

const withFloor = (covariance: Matrix3): Matrix3 => covariance.map((x, i) => (i % 4 === 0 ? x + EPSILON : x));
