import type { Readable } from 'node:stream';
import { MIME_TYPES, tooManyBytes, type ImageRow, type ImageFormat, type Storage } from '../storage/index.js';
import { UserError } from '../core/errors.js';
import { isVisible, type Viewer } from '../core/viewer.js';

/** Longest file name kept, characters. */
const MAX_FILE_NAME = 200;

/** The long sides that pictures are served in, pixels. A closed list: each size is work, and a copy in caches. */
export const SERVED_SIZES = [128, 256, 512, 1024, 2048] as const;

/** A preview of a running session, encoded. */
export interface FoundPreview {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  /** False if the requested preview is gone and this is a newer one. */
  readonly exact: boolean;
}

/** A picture ready to be sent. */
export interface ServedImage {
  readonly mimeType: string;
  readonly byteSize: number;
  readonly body: Readable | Buffer;
}

/** The one way in for uploaded pictures, whichever door they come through, and the way out for stored ones. */
export class ImageService {
  #uploads = 0;

  constructor(
    private readonly storage: Pick<Storage, 'images' | 'pictures' | 'blobs' | 'codec'>,
    /** Most bytes of an upload. */
    private readonly maxBytes: number,
    /** Most uploads at a time, of all owners together: each holds its bytes and its pixels in memory. */
    private readonly maxUploads = Infinity,
  ) {}

  /** Does the work of one upload, from its first byte to its row. Throws `UserError` TOO_MANY_UPLOADS before it is begun. */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    if (this.#uploads >= this.maxUploads) {
      const message = `The server is handling ${this.maxUploads} uploads, which is the maximum. Try again in a moment.`;
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
   * Checks and stores a picture, which is then the viewer's. A stream is given up, and with it whatever it reads from, as
   * soon as it is too long. Throws `StorageError` NOT_AN_IMAGE, TOO_LARGE or TOO_SMALL. Once it returns, the picture
   * survives a power cut.
   */
  async upload(
    { ownerId }: Viewer,
    source: Uint8Array | AsyncIterable<Uint8Array>,
    fileName?: string,
  ): Promise<ImageRow> {
    const { pictures, codec } = this.storage;
    const { bytes, format, width, height } = await codec.check(
      source instanceof Uint8Array ? source : await this.collect(source),
    );
    return await pictures.add({ ownerId, bytes, format, width, height, fileName: cleanFileName(fileName) });
  }

  /** Null where the viewer has no such picture. */
  async find(viewer: Viewer, id: string): Promise<ImageRow | null> {
    const image = await this.storage.images.find(id);
    return image && isVisible(viewer, image) ? image : null;
  }

  /** The pictures of these ids, whosever they are: of sessions that the viewer has found before. */
  async findMany(ids: readonly string[]): Promise<ImageRow[]> {
    return await this.storage.images.findMany(ids);
  }

  /**
   * The stored bytes, or where a size (of the long side, pixels; never enlarged) or another format is asked for, a
   * picture made from them. Throws `StorageError` BLOB_MISSING.
   */
  async serve(image: ImageRow, format: ImageFormat = image.format, maxSide?: number): Promise<ServedImage> {
    const { blobs, codec } = this.storage;
    const longSide = Math.max(image.width, image.height);
    if (format === image.format && (maxSide === undefined || maxSide >= longSide)) {
      return { mimeType: MIME_TYPES[format], byteSize: image.byteSize, body: await blobs.stream(image.sha256) };
    }
    const { bytes, mimeType } = await codec.resize(await blobs.get(image.sha256), maxSide ?? longSide, format);
    return { mimeType, byteSize: bytes.length, body: bytes };
  }

  private async collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
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

/** A name to show: without folders, control characters and excess length. */
function cleanFileName(fileName: string | undefined): string | undefined {
  const name = fileName
    ?.split(/[/\\]/)
    .at(-1)!
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, MAX_FILE_NAME);
  return name || undefined;
}
