import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { PrismaLibSQL } from '@prisma/adapter-libsql';
import { StorageError } from './errors.js';
import { PrismaClient } from './generated/client.js';
import { migrate } from './migrate.js';
import { execute, fileUrl, SqliteAdapter, type SqliteOptions } from './sqlite.js';

/** The database's file in the data folder. */
export const DATABASE_FILE = 'easel.db';

export interface Database {
  readonly prisma: PrismaClient;
  close(): Promise<void>;
}

/**
 * Opens the database of a data folder (created where missing), migrated to the present schema. One process at a time: throws
 * `StorageError` DATA_IN_USE or MIGRATION_MISMATCH.
 */
export async function openDatabase(dataDir: string, options?: SqliteOptions): Promise<Database> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = await lockDataFolder(dataDir);
  try {
    const adapter = adapterFor(dataDir, options);
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
 * Opens the database of a data folder that another process owns, for short statements, which SQLite lets in between the
 * owner's. Both programs must have the same schema version.
 */
export async function visitDatabase(dataDir: string): Promise<Database> {
  const prisma = await connect(adapterFor(dataDir));
  return { prisma, close: () => prisma.$disconnect() };
}

function adapterFor(dataDir: string, options?: SqliteOptions): SqliteAdapter {
  return new SqliteAdapter(path.join(dataDir, DATABASE_FILE), options);
}

async function connect(adapter: SqliteAdapter): Promise<PrismaClient> {
  // Transactions queue for the one connection: waiting is normal under load.
  const prisma = new PrismaClient({ adapter, transactionOptions: { maxWait: 30_000, timeout: 30_000 } });
  await prisma.$connect();
  return prisma;
}

interface DataLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only writer of a data folder, or throws `StorageError` DATA_IN_USE.
 *
 * The lock is an open write transaction on an empty SQLite file. The operating system releases it when the process ends,
 * however it ends, and it holds between containers that share a volume, where process ids would mislead.
 */
async function lockDataFolder(dataDir: string): Promise<DataLock> {
  const connection = await new PrismaLibSQL({ url: fileUrl(path.join(dataDir, 'easel.lock')) }).connect();
  try {
    await execute(connection, 'BEGIN IMMEDIATE');
  } catch (cause) {
    await connection.dispose();
    throw new StorageError(
      'DATA_IN_USE',
      `The data folder ${dataDir} is in use by another Easel process. Stop that one, or choose another folder with EASEL_DATA.`,
      { cause },
    );
  }
  return {
    async release() {
      await execute(connection, 'ROLLBACK');
      await connection.dispose();
    },
  };
}
