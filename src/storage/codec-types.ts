/** The port through which picture files are read and made. */
import type { GreyImage, RgbImage } from '../core/pixels.js';
import type { AnimationTiming } from './animation.js';
import type { ImageFormat } from './image-types.js';

export interface ImageLimits {
  /** Bytes of an uploaded file. */
  readonly maxBytes: number;
  /** width * height of an uploaded picture. */
  readonly maxPixels: number;
}

export interface CheckedImage {
  /** The bytes to store: as they came where they are upright sRGB PNG/JPEG/WebP, else re-encoded. Alpha is kept. */
  readonly bytes: Uint8Array;
  readonly format: ImageFormat;
  /** After auto-orientation. */
  readonly width: number;
  readonly height: number;
}

/** Everything that enters or leaves as a picture file passes here. */
export interface ImageCodec {
  /**
   * Checks and normalises an upload: sniffed format (PNG, JPEG, WebP, TIFF, GIF's first frame, AVIF), limits, EXIF
   * orientation applied. Throws `StorageError` NOT_AN_IMAGE, TOO_LARGE (names the limit) or TOO_SMALL.
   */
  check(bytes: Uint8Array): Promise<CheckedImage>;
  /** Decodes stored bytes to upright 8-bit sRGB, shrunk to fit `maxSide` if larger. */
  decode(bytes: Uint8Array, maxSide?: number): Promise<RgbImage>;
  /** Decodes stored bytes at exactly this size, resampled as the engine does it (Catmull-Rom, antialiased). */
  decodeTo(bytes: Uint8Array, width: number, height: number): Promise<RgbImage>;
  /** Decodes the brightness of stored bytes at exactly this size, resampled as the engine does it; alpha is ignored. */
  decodeMask(bytes: Uint8Array, width: number, height: number): Promise<GreyImage>;
  /** Encodes pixels, shrunk so that the long side is at most `maxSide`. JPEG, which has no alpha, shows them on white. */
  encode(
    pixels: RgbImage,
    format: ImageFormat,
    options?: { maxSide?: number; quality?: number },
  ): Promise<EncodedImage>;
  /** Resizes an encoded picture for serving. JPEG, which has no alpha, shows it on white. */
  resize(bytes: Uint8Array, maxSide: number, format: ImageFormat): Promise<EncodedImage>;
  /** A picture to look at in passing, as small a file as can be: JPEG, or WebP where it is not opaque. */
  preview(picture: RgbImage | Uint8Array, maxSide: number): Promise<EncodedImage>;
  /** Joins pictures of one size to an animated WebP that plays for ever. */
  animate(frames: readonly RgbImage[], timing: AnimationTiming): Promise<EncodedImage>;
}

export interface EncodedImage {
  readonly bytes: Buffer;
  readonly mimeType: string;
  readonly width: number;
  readonly height: number;
}
