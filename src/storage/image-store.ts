import type { Prisma, PrismaClient } from './generated/client.js';
import { SharedLock } from './shared-lock.js';
import type {
  BlobStore,
  FreedImages,
  FreeRequest,
  ImageRepository,
  ImageRow,
  NewImageFile,
  ImageStore,
} from './types.js';

/** Pictures that nobody uses. Names every relation of the model (a test sees to that): one that is missing loses pictures. */
export const UNUSED = {
  contentOf: { none: {} },
  initialOf: { none: {} },
  resultOf: { none: {} },
  styleOf: { none: {} },
  maskOf: { none: {} },
  keptOf: { none: {} },
} satisfies Prisma.ImageWhereInput;

/** Rows looked at in one transaction, so that nobody waits long for it. */
const BATCH = 100;

/** Pictures in the database and the blob store. Adding and freeing exclude each other: no row comes to lack its bytes. */
export class PrismaImageStore implements ImageStore {
  readonly #lock = new SharedLock();

  constructor(
    private readonly prisma: PrismaClient,
    private readonly images: ImageRepository,
    private readonly blobs: BlobStore,
  ) {}

  async add({ bytes, ...picture }: NewImageFile): Promise<ImageRow> {
    return await this.keep(bytes, (sha256) => this.images.create({ ...picture, sha256, byteSize: bytes.byteLength }));
  }

  async keep<T>(bytes: Uint8Array, name: (sha256: string) => Promise<T>): Promise<T> {
    // The blob first: a row never names bytes that are not there.
    return await this.#lock.shared(async () => name(await this.blobs.put(bytes)));
  }

  async free(request: FreeRequest): Promise<FreedImages> {
    let freed = NOTHING;
    for (;;) {
      const batch = await this.#lock.exclusive(() => this.#freeBatch(request));
      freed = plus(freed, batch);
      if (batch.images < BATCH) return freed;
    }
  }

  async freeKeys(keys: readonly string[]): Promise<void> {
    await this.#lock.exclusive(() => this.#freeKeys([...new Set(keys)]));
  }

  async freeBlobs(storedBefore: Date, signal?: AbortSignal): Promise<FreedImages> {
    let freed = NOTHING;
    for await (const keys of this.blobs.list()) {
      if (signal?.aborted) break;
      freed = plus(freed, await this.#lock.exclusive(() => this.#freeKeys(keys, storedBefore)));
    }
    return freed;
  }

  async #freeBatch({ among, storedBefore }: FreeRequest): Promise<FreedImages> {
    const where = { ...UNUSED, storedAt: { lte: storedBefore }, ...(among && { id: { in: [...among] } }) };
    // One transaction, so that nobody comes to use what was found unused.
    const rows = await this.prisma.$transaction(async (tx) => {
      const unused = await tx.image.findMany({ where, select: { id: true, sha256: true }, take: BATCH });
      await tx.image.deleteMany({ where: { id: { in: unused.map(({ id }) => id) } } });
      return unused;
    });
    // The rows first: what a death leaves behind between the two are bytes without a row.
    const freed = await this.#freeKeys([...new Set(rows.map(({ sha256 }) => sha256))]);
    return { ...freed, images: rows.length };
  }

  /** Of these blobs, those that no row names. */
  async #freeKeys(keys: readonly string[], storedBefore?: Date): Promise<FreedImages> {
    const used = await this.#usedKeys(keys);
    const unused = keys.filter((key) => !used.has(key));
    const deleted = await Promise.all(unused.map((key) => this.blobs.delete(key, storedBefore)));
    const sizes = deleted.filter((size) => size !== null);
    return { images: 0, blobs: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  /** What else keeps blobs must be asked here, too. */
  async #usedKeys(keys: readonly string[]): Promise<Set<string>> {
    const among = { where: { sha256: { in: [...keys] } }, select: { sha256: true } };
    const images = await this.prisma.image.findMany(among);
    const frames = await this.prisma.timelapseFrame.findMany(among);
    return new Set([...images, ...frames].map(({ sha256 }) => sha256));
  }
}

const NOTHING: FreedImages = { images: 0, blobs: 0, bytes: 0 };

function plus(a: FreedImages, b: FreedImages): FreedImages {
  return { images: a.images + b.images, blobs: a.blobs + b.blobs, bytes: a.bytes + b.bytes };
}
