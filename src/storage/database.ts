import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { lockDataFolder } from './data-lock.js';
import { PrismaClient } from './generated/client.js';
import { migrate } from './migrate.js';
import { SqliteAdapter } from './sqlite.js';

/** In the data folder. */
export const DATABASE_FILE = 'easel.db';

export interface Database {
  readonly prisma: PrismaClient;
  close(): Promise<void>;
}

/**
 * Opens the database of a data folder (created where missing), migrated to the present schema. Only one process at a time
 * may: throws `StorageError` DATA_IN_USE or MIGRATION_MISMATCH.
 */
export async function openDatabase(dataDir: string): Promise<Database> {
  await mkdir(dataDir, { recursive: true });
  const lock = await lockDataFolder(dataDir);
  try {
    const adapter = adapterFor(dataDir);
    const connection = await adapter.connect();
    await migrate(connection).finally(() => connection.dispose());
    const prisma = await connect(adapter);
    return {
      prisma,
      async close() {
        await prisma.$disconnect();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Opens the database of a data folder that another process owns, as a visitor: for one short statement now and then, which
 * SQLite lets in between the owner's. The owner has brought the schema up to date; it has to be of the same version.
 */
export async function visitDatabase(dataDir: string): Promise<Database> {
  const prisma = await connect(adapterFor(dataDir));
  return { prisma, close: () => prisma.$disconnect() };
}

function adapterFor(dataDir: string): SqliteAdapter {
  return new SqliteAdapter(path.join(dataDir, DATABASE_FILE));
}

async function connect(adapter: SqliteAdapter): Promise<PrismaClient> {
  // Transactions queue for the one connection: waiting is normal under load, not a fault.
  const prisma = new PrismaClient({ adapter, transactionOptions: { maxWait: 30_000, timeout: 30_000 } });
  await prisma.$connect();
  return prisma;
}
