import type { EncodedImage } from './image-codec.js';
import { sharp } from './sharp.js';
import type { RgbImage } from '../core/pixels.js';

export interface AnimationTiming {
  /** How long a frame is shown, milliseconds. */
  readonly frameMs: number;
  /** How long the last frame is shown, milliseconds. */
  readonly lastMs: number;
}

/** WebP quality, 0 to 100; a frame is seen for a moment. */
const QUALITY = 75;

/** Joins images of one size to an animated WebP that loops. The encoding runs in libvips's threads. */
export async function animate(frames: readonly RgbImage[], timing: AnimationTiming): Promise<EncodedImage> {
  const { width, height } = frames[0]!;
  const channels = frames.some(({ alpha }) => alpha) ? 4 : 3;
  // libvips takes an animation as one tall image.
  const strip = Buffer.alloc(frames.length * width * height * channels);
  for (const [index, frame] of frames.entries()) writeFrame(frame, strip, index * width * height * channels, channels);
  const raw = { width, height: height * frames.length, channels, pageHeight: height } as const;
  const delay = frames.map((_, index) => (index === frames.length - 1 ? timing.lastMs : timing.frameMs));
  const bytes = await sharp(strip, { raw }).webp({ quality: QUALITY, delay, loop: 0 }).toBuffer();
  return { bytes, mimeType: 'image/webp', width, height };
}

function writeFrame({ data, alpha }: RgbImage, strip: Buffer, offset: number, channels: number): void {
  if (channels === 3) {
    strip.set(data, offset);
    return;
  }
  for (let pixel = 0; pixel < data.length / 3; pixel++) {
    const at = offset + 4 * pixel;
    strip[at] = data[3 * pixel]!;
    strip[at + 1] = data[3 * pixel + 1]!;
    strip[at + 2] = data[3 * pixel + 2]!;
    strip[at + 3] = alpha?.[pixel] ?? 255;
  }
}
