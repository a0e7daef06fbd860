import path from 'node:path';
import { PrismaLibSQL } from '@prisma/adapter-libsql';
import { StorageError } from './errors.js';
import { execute, fileUrl } from './sqlite.js';

/** Held while a process owns a data folder. */
export interface DataLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only one that writes to a data folder, or throws `StorageError` DATA_IN_USE.
 *
 * The lock is an open write transaction on an empty SQLite file: the operating system drops it with the process, however
 * that ends, and it holds between containers that share a volume, where process ids would mislead.
 */
export async function lockDataFolder(dataDir: string): Promise<DataLock> {
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
