import type { RgbImage } from '../../core/pixels.js';

/**
 * The result laid over the content with an opacity: 0 shows the content, 1 the result. Grey levels are mixed as they are
 * (gamma-encoded), as painting programs mix their layers; the result's alpha stays.
 * @param content of the result's size
 */
export function applyStrength(result: RgbImage, content: RgbImage, strength: number): RgbImage {
  const data = result.data.map((value, i) => Math.round(strength * value + (1 - strength) * content.data[i]!));
  return { ...result, data };
}
