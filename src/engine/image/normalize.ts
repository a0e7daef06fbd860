/**
 * Converts between 8-bit sRGB images, interleaved, and the network's normalised space: planar RGB, (v / 255 - mean) / std,
 * with torchvision's means and standard deviations of ImageNet.
 */
import type { RgbImage } from '../../core/pixels.js';
import type { Planes } from '../types/run.js';

const MEAN = [0.485, 0.456, 0.406] as const;
export const STD = [0.229, 0.224, 0.225] as const;

export function normalize({ width, height, data }: RgbImage): Planes {
  const pixels = width * height;
  const planes = new Float32Array(3 * pixels);
  for (let c = 0; c < 3; c++) {
    const scale = 1 / (255 * STD[c]!);
    const offset = MEAN[c]! / STD[c]!;
    for (let i = 0; i < pixels; i++) planes[c * pixels + i] = data[3 * i + c]! * scale - offset;
  }
  return { width, height, data: planes };
}

/** Rounds and clips to 0..255; Uint8ClampedArray does both. */
export function denormalize({ width, height, data }: Planes): RgbImage {
  const pixels = width * height;
  const rgb = new Uint8ClampedArray(3 * pixels);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < pixels; i++) rgb[3 * i + c] = (data[c * pixels + i]! * STD[c]! + MEAN[c]!) * 255;
  }
  return { width, height, data: new Uint8Array(rgb.buffer) };
}

/** Clips in place to valid grey levels. Returns the argument. */
export function clip(image: Planes): Planes {
  const { width, height, data } = image;
  const pixels = width * height;
  for (let c = 0; c < 3; c++) {
    const black = -MEAN[c]! / STD[c]!;
    const white = (1 - MEAN[c]!) / STD[c]!;
    for (let i = c * pixels; i < (c + 1) * pixels; i++) data[i] = Math.min(white, Math.max(black, data[i]!));
  }
  return image;
}
