import { readdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { PrismaClient } from './generated/client.js';
import { DATABASE_FILE } from './database.js';
import type { StorageMeter, StorageUse } from './storage-use.js';

interface Files {
  readonly count: number;
  readonly bytes: number;
}

/** Measures a data folder. Reads the names and sizes of all files in it, so that it takes a while where there are many. */
export class FileStorageMeter implements StorageMeter {
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
      // With its log and what belongs to that.
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

/** Those of a folder's files and folders that bear such a name; of the latter, everything. */
async function measureFolder(folder: string, isMeant: (name: string) => boolean = () => true): Promise<Files> {
  let [count, bytes] = [0, 0];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!isMeant(entry.name)) continue;
    const file = path.join(folder, entry.name);
    // What has gone since its name was read counts no more.
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
