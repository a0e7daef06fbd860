import { readdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { DATABASE_FILE } from './database.js';
import type { PrismaClient } from './generated/client.js';

/** What a data folder holds. Files are counted as they are on disk, unfinished ones included. */
export interface StorageUse {
  /** Images of all owners. */
  readonly images: number;
  /** Sum of the images' sizes, as if no two shared their bytes. */
  readonly imageBytes: number;
  /** Files of images and frames: each content once. */
  readonly blobs: number;
  readonly blobBytes: number;
  readonly checkpoints: number;
  readonly checkpointBytes: number;
  readonly databaseBytes: number;
  /** Free on the disk for this process's user. */
  readonly freeBytes: number;
}

interface Files {
  readonly count: number;
  readonly bytes: number;
}

/** Measures a data folder. It reads the names and sizes of all files, which takes a while where there are many. */
export class StorageMeter {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly dataDir: string,
    private readonly folders: { readonly blobs: string; readonly checkpoints: string },
  ) {}

  async measure(): Promise<StorageUse> {
    const [images, blobs, checkpoints, database, { bavail, bsize }] = await Promise.all([
      this.prisma.image.aggregate({ _count: true, _sum: { byteSize: true } }),
      measureFolder(this.folders.blobs),
      measureFolder(this.folders.checkpoints),
      // With its write-ahead log.
      measureFolder(this.dataDir, (name) => name.startsWith(DATABASE_FILE)),
      statfs(this.dataDir),
    ]);
    return {
      images: images._count,
      imageBytes: images._sum.byteSize ?? 0,
      blobs: blobs.count,
      blobBytes: blobs.bytes,
      checkpoints: checkpoints.count,
      checkpointBytes: checkpoints.bytes,
      databaseBytes: database.bytes,
      freeBytes: bavail * bsize,
    };
  }
}

/** Counts the files with a matching name; folders with a matching name count with everything in them. */
async function measureFolder(folder: string, matches: (name: string) => boolean = () => true): Promise<Files> {
  let [count, bytes] = [0, 0];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!matches(entry.name)) continue;
    const file = path.join(folder, entry.name);
    // A file that was deleted since its name was read does not count.
    const found = entry.isDirectory()
      ? await measureFolder(file).catch(nothingIfGone)
      : await stat(file).then(({ size }) => ({ count: 1, bytes: size }), nothingIfGone);
    count += found.count;
    bytes += found.bytes;
  }
  return { count, bytes };
}

function nothingIfGone(error: unknown): Files {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { count: 0, bytes: 0 };
  throw error;
}
