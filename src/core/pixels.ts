/**
 * An 8-bit sRGB image: `data` holds width * height * 3 bytes, row by row, R G B interleaved, not premultiplied. `alpha`
 * holds width * height bytes; absent if the image is opaque.
 */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  readonly alpha?: Uint8Array | undefined;
}

/** An 8-bit grey image, such as a mask: width * height bytes, 0 (black) to 255 (white). */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
