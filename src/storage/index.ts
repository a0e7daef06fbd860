import path from 'node:path';
import { PrismaApiKeyRepository } from './api-key-repository.js';
import { FileBlobStore } from './blob-store.js';
import { FileCheckpointStore } from './checkpoint-store.js';
import { openDatabase } from './database.js';
import { PrismaHistoryRepository } from './history-repository.js';
import { PrismaImageRepository } from './image-repository.js';
import { SharpImageCodec } from './image-codec.js';
import { PrismaImageStore } from './image-store.js';
import { PrismaPresetRepository } from './preset-repository.js';
import type { PresetRepository } from './preset-types.js';
import { PrismaSessionRepository } from './session-repository.js';
import { PrismaSettingRepository } from './setting-repository.js';
import { FileStorageMeter } from './storage-meter.js';
import type { StorageMeter } from './storage-use.js';
import { PrismaTimelapseRepository } from './timelapse-repository.js';
import type {
  ApiKeyRepository,
  BlobStore,
  CheckpointStore,
  HistoryRepository,
  ImageRepository,
  ImageCodec,
  ImageLimits,
  ImageStore,
  SessionRepository,
  SettingRepository,
  TimelapseRepository,
} from './types.js';

export { StorageError, type StorageErrorCode } from './errors.js';
export { newId } from './ids.js';
export { openApiKeys, type OpenApiKeys } from './open-api-keys.js';
export { MIME_TYPES, MIN_SIDE, tooManyBytes } from './image-codec.js';
export type * from './preset-types.js';
export type * from './storage-use.js';
export type * from './types.js';

/** Everything that is kept, and the codec through which pictures come in and go out. */
export interface Storage {
  readonly sessions: SessionRepository;
  readonly history: HistoryRepository;
  readonly timelapses: TimelapseRepository;
  readonly images: ImageRepository;
  readonly apiKeys: ApiKeyRepository;
  readonly presets: PresetRepository;
  readonly blobs: BlobStore;
  readonly pictures: ImageStore;
  readonly checkpoints: CheckpointStore;
  readonly codec: ImageCodec;
  readonly meter: StorageMeter;
  readonly settings: SettingRepository;
  /** Lets go of the data folder. Nothing else of the storage may be used afterwards. */
  close(): Promise<void>;
}

export interface StorageOptions {
  /** Holds the database, the pictures and the checkpoints; created where missing. One process at a time. */
  readonly dataDir: string;
  readonly limits: ImageLimits;
}

/** Opens the default storage: SQLite and files. Throws `StorageError` DATA_IN_USE or MIGRATION_MISMATCH. */
export async function openStorage({ dataDir, limits }: StorageOptions): Promise<Storage> {
  const database = await openDatabase(dataDir);
  try {
    const images = new PrismaImageRepository(database.prisma);
    const folders = { blobs: path.join(dataDir, 'pictures'), checkpoints: path.join(dataDir, 'checkpoints') };
    const blobs = await FileBlobStore.open(folders.blobs);
    return {
      sessions: new PrismaSessionRepository(database.prisma),
      history: new PrismaHistoryRepository(database.prisma),
      timelapses: new PrismaTimelapseRepository(database.prisma),
      images,
      apiKeys: new PrismaApiKeyRepository(database.prisma),
      presets: new PrismaPresetRepository(database.prisma),
      blobs,
      pictures: new PrismaImageStore(database.prisma, images, blobs),
      checkpoints: await FileCheckpointStore.open(folders.checkpoints),
      codec: new SharpImageCodec(limits),
      meter: new FileStorageMeter(database.prisma, dataDir, folders),
      settings: new PrismaSettingRepository(database.prisma),
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
