import type { PrismaClient } from './generated/client.js';
import type { ImageModel } from './generated/models/Image.js';
import { newId } from './ids.js';
import type { ImageRepository, ImageRow, NewImage, ImageFormat } from './types.js';

/** Image rows in the database. */
export class PrismaImageRepository implements ImageRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async create(image: NewImage): Promise<ImageRow> {
    const { sha256, ownerId } = image;
    const fileName = image.fileName ?? null;
    return await this.prisma.$transaction(async (tx) => {
      const same = await tx.image.findFirst({ where: { sha256, ownerId, fileName } });
      const storedAt = new Date();
      if (same) return toRow(await tx.image.update({ where: { id: same.id }, data: { storedAt } }));
      return toRow(await tx.image.create({ data: { ...image, id: newId('img'), fileName, storedAt } }));
    });
  }

  async find(id: string): Promise<ImageRow | null> {
    const image = await this.prisma.image.findUnique({ where: { id } });
    return image && toRow(image);
  }

  async findMany(ids: readonly string[]): Promise<ImageRow[]> {
    const images = await this.prisma.image.findMany({ where: { id: { in: [...ids] } } });
    return images.map(toRow);
  }

  async storedBytes(): Promise<number> {
    const [row] = await this.prisma.$queryRaw<{ total: bigint | number | null }[]>`
      SELECT sum("bytes") AS "total" FROM (SELECT max("byteSize") AS "bytes" FROM (
        SELECT "sha256", "byteSize" FROM "Image" UNION ALL SELECT "sha256", "byteSize" FROM "TimelapseFrame"
      ) GROUP BY "sha256")`;
    return Number(row?.total ?? 0);
  }
}

function toRow(image: ImageModel): ImageRow {
  return { ...image, format: image.format as ImageFormat };
}
