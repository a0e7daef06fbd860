import type { BlobStore, EncodedImage, ImageRow, ImageCodec } from '../storage/types.js';
import type { RgbImage } from '../core/pixels.js';

/**
 * A picture to show as a session's preview. It is encoded only when somebody asks, and once a size for all who ask:
 * a thousand subscribers of one session cost one file a step.
 */
export class PreviewFrame {
  readonly #pictures = new Map<number, Promise<EncodedImage>>();
  readonly #dataUris = new Map<number, Promise<string>>();

  constructor(
    /** The step record that the picture belongs to. */
    readonly seq: number,
    /** Where the HTTP side serves it (a query `size=N` limits its long side). */
    readonly path: string,
    readonly width: number,
    readonly height: number,
    private readonly encoder: (maxSide: number) => Promise<EncodedImage>,
  ) {}

  /** Its size when the long side is at most `maxSide`, pixels. */
  sizeWithin(maxSide: number): { width: number; height: number } {
    const factor = Math.min(1, maxSide / Math.max(this.width, this.height));
    const side = (n: number) => Math.max(1, Math.round(n * factor));
    return { width: side(this.width), height: side(this.height) };
  }

  /** The picture as a file whose long side is at most `maxSide` pixels. */
  encode(maxSide: number): Promise<EncodedImage> {
    // Pictures are never enlarged, so all sizes beyond its own are one.
    return memoised(this.#pictures, Math.min(maxSide, Math.max(this.width, this.height)), this.encoder);
  }

  /** The same as a `data:` URI. */
  dataUri(maxSide: number): Promise<string> {
    return memoised(this.#dataUris, Math.min(maxSide, Math.max(this.width, this.height)), async (side) => {
      const { bytes, mimeType } = await this.encode(side);
      return `data:${mimeType};base64,${bytes.toString('base64')}`;
    });
  }
}

function memoised<T>(memory: Map<number, Promise<T>>, key: number, make: (key: number) => Promise<T>): Promise<T> {
  let made = memory.get(key);
  if (!made) memory.set(key, (made = make(key)));
  return made;
}

/** Makes frames of what a session has to show. */
export class PreviewFrames {
  constructor(
    private readonly codec: ImageCodec,
    private readonly blobs: BlobStore,
  ) {}

  /** A picture of a run in progress, as the engine handed it over. */
  live(sessionId: string, seq: number, pixels: RgbImage): PreviewFrame {
    return new PreviewFrame(seq, `/sessions/${sessionId}/previews/${seq}`, pixels.width, pixels.height, (maxSide) =>
      this.codec.preview(pixels, maxSide),
    );
  }

  /** The stored result of a completed run. */
  result(image: ImageRow, seq: number): PreviewFrame {
    return new PreviewFrame(seq, `/images/${image.id}`, image.width, image.height, async (maxSide) =>
      this.codec.preview(await this.blobs.get(image.sha256), maxSide),
    );
  }
}
