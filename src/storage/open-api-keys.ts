import { PrismaApiKeyRepository } from './api-key-repository.js';
import { openDatabase, visitDatabase, type Database } from './database.js';
import { StorageError } from './errors.js';
import type { ApiKeyRepository } from './types.js';

export interface OpenApiKeys {
  readonly apiKeys: ApiKeyRepository;
  close(): Promise<void>;
}

/** Opens only the API keys of a data folder, whether or not a server runs on it. Throws `StorageError` MIGRATION_MISMATCH. */
export async function openApiKeys(dataDir: string): Promise<OpenApiKeys> {
  const database = await openDatabase(dataDir).catch((error: unknown): Promise<Database> => {
    if (error instanceof StorageError && error.code === 'DATA_IN_USE') return visitDatabase(dataDir);
    throw error;
  });
  return { apiKeys: new PrismaApiKeyRepository(database.prisma), close: () => database.close() };
}
