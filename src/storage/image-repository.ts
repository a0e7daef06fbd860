import type { BlobStore } from './blob-store.js';
import type { Prisma, PrismaClient } from './generated/client.js';
import type { ImageModel } from './generated/models/Image.js';
import { newId } from './ids.js';
import type { ImageFormat } from './image-codec.js';

import { SharedLock } from './shared-lock.js';

export interface ImageRow {
  readonly id: string;
  readonly ownerId: string;
  /** SHA-256 of the stored bytes, hexadecimal; the blob's key. */
  readonly sha256: string;
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
  readonly byteSize: number;
  readonly fileName: string | null;
  readonly createdAt: Date;
}

/** An image to store. */
export interface NewImage {
  readonly ownerId: string;
  readonly bytes: Uint8Array;
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
  readonly fileName?: string | undefined;
}

/** Which unused images may be deleted. */
export interface UnusedImages {
  /** Only images with these ids; all where absent. */
  readonly among?: readonly string[];
  /** Only images stored at this instant or earlier: a client may be about to use a later one. */
  readonly storedBefore: Date;
}

/** What a deletion freed. */
export interface Deleted {
  readonly images: number;
  readonly blobs: number;
  /** Of the blobs. */
  readonly bytes: number;
}

/** Matches unused images. It names every relation of the model (a test compares): a missing one would lose images. */
export const UNUSED = {
  contentOf: { none: {} },
  initialOf: { none: {} },
  resultOf: { none: {} },
  styleOf: { none: {} },
  maskOf: { none: {} },
  keptOf: { none: {} },
} satisfies Prisma.ImageWhereInput;

/** Rows deleted in one transaction, so that no other statement waits long. */
const BATCH = 100;

/**
 * Images as rows and blobs together; the one place that knows which of them are unused. Adding and deleting exclude each
 * other, so no row loses its bytes.
 */
export class ImageRepository {
  readonly #lock = new SharedLock();

  constructor(
    private readonly prisma: PrismaClient,
    private readonly blobs: BlobStore,
  ) {}

  /**
   * Stores an image durably. The same bytes under the same file name are the owner's same row again, which then counts as
   * stored now.
   */
  async add({ bytes, ...image }: NewImage): Promise<ImageRow> {
    return await this.keepBlob(bytes, (sha256) => this.#create({ ...image, sha256, byteSize: bytes.byteLength }));
  }

  /** Stores bytes that another row than an image's refers to; `refer` writes that row before the bytes can be deleted. */
  async keepBlob<T>(bytes: Uint8Array, refer: (sha256: string) => Promise<T>): Promise<T> {
    // The blob first: a row never names bytes that are missing.
    return await this.#lock.shared(async () => refer(await this.blobs.put(bytes)));
  }

  async find(id: string): Promise<ImageRow | null> {
    const image = await this.prisma.image.findUnique({ where: { id } });
    return image && toRow(image);
  }

  async findMany(ids: readonly string[]): Promise<ImageRow[]> {
    return (await this.prisma.image.findMany({ where: { id: { in: [...ids] } } })).map(toRow);
  }

  /** Bytes of all stored images and frames, each blob counted once. */
  async storedBytes(): Promise<number> {
    const [row] = await this.prisma.$queryRaw<{ total: bigint | number | null }[]>`
      SELECT sum("bytes") AS "total" FROM (SELECT max("byteSize") AS "bytes" FROM (
        SELECT "sha256", "byteSize" FROM "Image" UNION ALL SELECT "sha256", "byteSize" FROM "TimelapseFrame"
      ) AS "all" GROUP BY "sha256") AS "blobs"`;
    return Number(row?.total ?? 0);
  }

  /** Deletes images that no session uses, with their blobs. */
  async deleteUnused(which: UnusedImages): Promise<Deleted> {
    let deleted = NOTHING;
    for (;;) {
      const batch = await this.#lock.exclusive(() => this.#deleteBatch(which));
      deleted = plus(deleted, batch);
      if (batch.images < BATCH) return deleted;
    }
  }

  /** Deletes those of these blobs that no row names. */
  async deleteUnusedBlobs(keys: readonly string[]): Promise<void> {
    await this.#lock.exclusive(() => this.#deleteBlobs([...new Set(keys)]));
  }

  /** Deletes all blobs that no row names: what a killed process left. Aborting ends it early. */
  async deleteStrayBlobs(storedBefore: Date, signal?: AbortSignal): Promise<Deleted> {
    let deleted = NOTHING;
    for await (const keys of this.blobs.list()) {
      if (signal?.aborted) break;
      deleted = plus(deleted, await this.#lock.exclusive(() => this.#deleteBlobs(keys, storedBefore)));
    }
    return deleted;
  }

  async #create(image: Omit<NewImage, 'bytes'> & { sha256: string; byteSize: number }): Promise<ImageRow> {
    const { sha256, ownerId } = image;
    const fileName = image.fileName ?? null;
    return await this.prisma.$transaction(async (tx) => {
      const same = await tx.image.findFirst({ where: { sha256, ownerId, fileName } });
      const storedAt = new Date();
      if (same) return toRow(await tx.image.update({ where: { id: same.id }, data: { storedAt } }));
      return toRow(await tx.image.create({ data: { ...image, id: newId('img'), fileName, storedAt } }));
    });
  }

  async #deleteBatch({ among, storedBefore }: UnusedImages): Promise<Deleted> {
    const where = { ...UNUSED, storedAt: { lte: storedBefore }, ...(among && { id: { in: [...among] } }) };
    // One transaction, so that no session comes to use an image between the two statements.
    const rows = await this.prisma.$transaction(async (tx) => {
      const unused = await tx.image.findMany({ where, select: { id: true, sha256: true }, take: BATCH });
      await tx.image.deleteMany({ where: { id: { in: unused.map(({ id }) => id) } } });
      return unused;
    });
    // The rows first: a death between the two leaves bytes without a row, which are deleted later.
    const deleted = await this.#deleteBlobs([...new Set(rows.map(({ sha256 }) => sha256))]);
    return { ...deleted, images: rows.length };
  }

  async #deleteBlobs(keys: readonly string[], storedBefore?: Date): Promise<Deleted> {
    const used = await this.#usedKeys(keys);
    const unused = keys.filter((key) => !used.has(key));
    const deleted = await Promise.all(unused.map((key) => this.blobs.delete(key, storedBefore)));
    const sizes = deleted.filter((size) => size !== null);
    return { images: 0, blobs: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  /** Every table that refers to blobs must be asked here. */
  async #usedKeys(keys: readonly string[]): Promise<Set<string>> {
    const among = { where: { sha256: { in: [...keys] } }, select: { sha256: true } };
    const images = await this.prisma.image.findMany(among);
    const frames = await this.prisma.timelapseFrame.findMany(among);
    return new Set([...images, ...frames].map(({ sha256 }) => sha256));
  }
}

const NOTHING: Deleted = { images: 0, blobs: 0, bytes: 0 };

function plus(a: Deleted, b: Deleted): Deleted {
  return { images: a.images + b.images, blobs: a.blobs + b.blobs, bytes: a.bytes + b.bytes };
}

function toRow(image: ImageModel): ImageRow {
  return { ...image, format: image.format as ImageFormat };
}
