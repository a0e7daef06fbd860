import type { RgbImage } from '../core/pixels.js';
import type { BlobStore, EncodedImage, ImageCodec, ImageRow } from '../storage/index.js';

/**
 * A preview of a session. It is encoded on demand, once per size for all subscribers: a thousand subscribers of one session
 * cost one encoding per step.
 */
export class PreviewFrame {
  readonly #encoded = new Map<number, Promise<EncodedImage>>();
  readonly #dataUris = new Map<number, Promise<string>>();

  constructor(
    /** Number of the step record that the preview shows. */
    readonly seq: number,
    /** URL path; the query `size=N` limits the long side to N pixels. */
    readonly path: string,
    readonly width: number,
    readonly height: number,
    private readonly encoder: (maxSide: number) => Promise<EncodedImage>,
  ) {}

  /** Size in pixels when the long side is limited to `maxSide`. */
  sizeWithin(maxSide: number): { width: number; height: number } {
    const factor = Math.min(1, maxSide / Math.max(this.width, this.height));
    const side = (n: number) => Math.max(1, Math.round(n * factor));
    return { width: side(this.width), height: side(this.height) };
  }

  /** The preview as an image file with a long side of at most `maxSide` pixels. */
  encode(maxSide: number): Promise<EncodedImage> {
    // Images are never enlarged, so all larger sizes are the same image.
    return memoised(this.#encoded, Math.min(maxSide, Math.max(this.width, this.height)), this.encoder);
  }

  /** The encoded preview as a `data:` URI. */
  dataUri(maxSide: number): Promise<string> {
    return memoised(this.#dataUris, Math.min(maxSide, Math.max(this.width, this.height)), async (side) => {
      const { bytes, mimeType } = await this.encode(side);
      return `data:${mimeType};base64,${bytes.toString('base64')}`;
    });
  }
}

function memoised<T>(cache: Map<number, Promise<T>>, key: number, make: (key: number) => Promise<T>): Promise<T> {
  const value = cache.get(key) ?? make(key);
  cache.set(key, value);
  return value;
}

/** Makes previews of running and of completed sessions. */
export class PreviewFrames {
  constructor(
    private readonly codec: ImageCodec,
    private readonly blobs: BlobStore,
  ) {}

  /** The preview of a running session, from the engine's pixels. */
  live(sessionId: string, seq: number, pixels: RgbImage): PreviewFrame {
    return new PreviewFrame(seq, `/sessions/${sessionId}/previews/${seq}`, pixels.width, pixels.height, (maxSide) =>
      this.codec.preview(pixels, maxSide),
    );
  }

  /** The preview of a completed session, from its stored result. */
  result(image: ImageRow, seq: number): PreviewFrame {
    return new PreviewFrame(seq, `/images/${image.id}`, image.width, image.height, async (maxSide) =>
      this.codec.previewOf(await this.blobs.get(image.sha256), maxSide),
    );
  }
}
