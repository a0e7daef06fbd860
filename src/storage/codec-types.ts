/** The port through which picture files are read and made. */
import type { AnimationTiming } from './animation.js';
import type { ImageFormat } from './image-types.js';

/**
 * An 8-bit sRGB picture: width * height * 3 bytes, rows of R G B, not premultiplied; where it is not opaque, its alpha
 * apart, width * height bytes. The engine's picture, structurally.
 */
export interface RgbPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  readonly alpha?: Uint8Array | undefined;
}

/** An 8-bit grey picture: width * height bytes. The engine's mask, structurally. */
export interface GreyPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

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
  decode(bytes: Uint8Array, maxSide?: number): Promise<RgbPixels>;
  /** Decodes stored bytes at exactly this size, resampled as the engine does it (Catmull-Rom, antialiased). */
  decodeTo(bytes: Uint8Array, width: number, height: number): Promise<RgbPixels>;
  /** Decodes the brightness of stored bytes at exactly this size, resampled as the engine does it; alpha is ignored. */
  decodeMask(bytes: Uint8Array, width: number, height: number): Promise<GreyPixels>;
  /** Encodes pixels, shrunk so that the long side is at most `maxSide`. JPEG, which has no alpha, shows them on white. */
  encode(
    pixels: RgbPixels,
    format: ImageFormat,
    options?: { maxSide?: number; quality?: number },
  ): Promise<EncodedImage>;
  /** Resizes an encoded picture for serving. JPEG, which has no alpha, shows it on white. */
  resize(bytes: Uint8Array, maxSide: number, format: ImageFormat): Promise<EncodedImage>;
  /** A picture to look at in passing, as small a file as can be: JPEG, or WebP where it is not opaque. */
  preview(picture: RgbPixels | Uint8Array, maxSide: number): Promise<EncodedImage>;
  /** Joins pictures of one size to an animated WebP that plays for ever. */
  animate(frames: readonly RgbPixels[], timing: AnimationTiming): Promise<EncodedImage>;
}

export interface EncodedImage {
  readonly bytes: Buffer;
  readonly mimeType: string;
  readonly width: number;
  readonly height: number;
}
