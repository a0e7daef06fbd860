import type { Readable } from 'node:stream';
import { UserError } from '../core/errors.js';
import { isVisible, type Viewer } from '../core/viewer.js';
import { MIME_TYPES, tooManyBytes, type ImageFormat, type ImageRow, type Storage } from '../storage/index.js';

/** Longest file name kept, characters. */
const MAX_FILE_NAME = 200;

/** Long sides in which images are served, pixels. A closed list: each size is work, and a copy in caches. */
export const SERVED_SIZES = [128, 256, 512, 1024, 2048] as const;

/** A preview of a running session, encoded. */
export interface FoundPreview {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  /** False if the requested preview is gone and this is a newer one. */
  readonly exact: boolean;
}

/** An image ready to send. */
export interface ServedImage {
  readonly mimeType: string;
  readonly byteSize: number;
  readonly body: Readable | Buffer;
}

/** Uploads images and serves stored ones. */
export class ImageService {
  #uploads = 0;

  constructor(
    private readonly storage: Pick<Storage, 'images' | 'blobs' | 'codec' | 'uploads'>,
    /** Most bytes of an upload. */
    private readonly maxBytes: number,
    /** Most uploads at a time, of all owners: each holds its bytes in memory. */
    private readonly maxUploads = Infinity,
  ) {}

  /** Does the work of one upload, from its first byte to its row. Throws `UserError` TOO_MANY_UPLOADS before that. */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    if (this.#uploads >= this.maxUploads) {
      const message = `At most ${this.maxUploads} images can be uploaded at a time. Try again in a moment.`;
      throw new UserError('TOO_MANY_UPLOADS', message, 'file');
    }
    this.#uploads += 1;
    try {
      return await work();
    } finally {
      this.#uploads -= 1;
    }
  }

  /**
   * Checks and stores an image, durably, for the viewer. A stream that exceeds the limit is not read further. Throws
   * `StorageError` NOT_AN_IMAGE, TOO_LARGE or TOO_SMALL.
   */
  async upload(
    { ownerId }: Viewer,
    source: Uint8Array | AsyncIterable<Uint8Array>,
    fileName?: string,
  ): Promise<ImageRow> {
    const { images, uploads } = this.storage;
    const received = source instanceof Uint8Array ? source : await this.#collect(source);
    const { bytes, format, width, height } = await uploads.check(received);
    return await images.add({ ownerId, bytes, format, width, height, fileName: cleanFileName(fileName) });
  }

  /** Null where the viewer has no such image. */
  async find(viewer: Viewer, id: string): Promise<ImageRow | null> {
    const image = await this.storage.images.find(id);
    return image && isVisible(viewer, image) ? image : null;
  }

  /** Images by their ids, of any owner: for sessions that the viewer has found before. */
  async findMany(ids: readonly string[]): Promise<ImageRow[]> {
    return await this.storage.images.findMany(ids);
  }

  /**
   * The stored bytes, or an image converted to another format or size (of the long side, pixels; never enlarged). Throws
   * `StorageError` BLOB_MISSING, BLOB_DAMAGED or FORMAT_TOO_SMALL.
   */
  async serve(image: ImageRow, format: ImageFormat = image.format, maxSide?: number): Promise<ServedImage> {
    const { blobs, codec } = this.storage;
    const { sha256, byteSize } = image;
    const longSide = Math.max(image.width, image.height);
    if (format === image.format && (maxSide === undefined || maxSide >= longSide)) {
      return { mimeType: MIME_TYPES[format], byteSize, body: await blobs.stream(sha256, byteSize) };
    }
    const { bytes, mimeType } = await codec.resize(await blobs.get(sha256), maxSide ?? longSide, format);
    return { mimeType, byteSize: bytes.length, body: bytes };
  }

  async #collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let total = 0;
    for await (const chunk of source) {
      total += chunk.byteLength;
      if (total > this.maxBytes) throw tooManyBytes(this.maxBytes);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
}

/** A file name to show: without folders, control characters, half characters and excess length. */
function cleanFileName(fileName: string | undefined): string | undefined {
  const name = fileName
    ?.toWellFormed()
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\p{Cc}/gu, '')
    .trim();
  // By code points, so that no character is cut in half.
  return name ? [...name].slice(0, MAX_FILE_NAME).join('') : undefined;
}
