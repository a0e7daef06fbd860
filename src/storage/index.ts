/** The storage layer: SQLite, files, and the codec through which images come in and go out. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Recipe } from '../engine/index.js';
import { ApiKeyRepository } from './api-key-repository.js';
import { BlobStore } from './blob-store.js';
import { CheckpointStore } from './checkpoint-store.js';
import { openDatabase } from './database.js';
import { ImageCodec } from './image-codec.js';
import { ImageRepository } from './image-repository.js';
import { LossRepository } from './loss-repository.js';
import { PresetRepository } from './preset-repository.js';
import { SessionRepository } from './session-repository.js';
import { SettingRepository } from './setting-repository.js';
import type { SqliteOptions } from './sqlite.js';
import { StorageMeter } from './storage-meter.js';
import { TimelapseRepository } from './timelapse-repository.js';
import type { ImageLimits } from './upload/check-upload.js';
import { UploadDecoder } from './upload/decoder.js';

export { animate, type AnimationTiming } from './animation.js';
export {
  openApiKeys,
  type ApiKeyRepository,
  type ApiKeyRow,
  type KeyRole,
  type NewApiKey,
} from './api-key-repository.js';
export type { BlobStore } from './blob-store.js';
export type { CheckpointStore } from './checkpoint-store.js';
export { StorageError, type StorageErrorCode } from './errors.js';
export { newId } from './ids.js';
export { ImageCodec, MIME_TYPES, type EncodedImage, type ImageFormat } from './image-codec.js';
export type { Deleted, ImageRepository, ImageRow, NewImage } from './image-repository.js';
export type { LossRepository, LossRequest, LossRow } from './loss-repository.js';
export type { NewPreset, PresetChanges, PresetRepository, PresetRow, PresetUse } from './preset-repository.js';
export type { PageRequest, SessionBound, SessionFilter, SessionOrder, SessionPosition } from './session-query.js';
export type { SessionRepository } from './session-repository.js';
export type * from './session-rows.js';
export type { SettingRepository } from './setting-repository.js';
export type { StorageMeter, StorageUse } from './storage-meter.js';
export type { TimelapseFrameRow, TimelapseRepository } from './timelapse-repository.js';
export { MIN_SIDE, tooManyBytes, type CheckedImage, type ImageLimits } from './upload/check-upload.js';

export interface Storage {
  readonly sessions: SessionRepository;
  readonly losses: LossRepository;
  readonly timelapses: TimelapseRepository;
  readonly images: ImageRepository;
  readonly apiKeys: ApiKeyRepository;
  readonly presets: PresetRepository;
  readonly settings: SettingRepository;
  readonly blobs: BlobStore;
  readonly checkpoints: CheckpointStore;
  readonly codec: ImageCodec;
  readonly uploads: UploadDecoder;
  readonly meter: StorageMeter;
  /** Releases the data folder. The storage cannot be used afterwards. */
  close(): Promise<void>;
}

export interface StorageOptions extends SqliteOptions {
  /** Folder of the database, the images and the checkpoints; created where missing. One process at a time. */
  readonly dataDir: string;
  readonly limits: ImageLimits;
  /** Reads a recipe as it is stored: JSON. The engine knows how. */
  readonly parseRecipe: (json: string) => Recipe;
}

/** Opens the default storage: SQLite and files. Throws `StorageError` DATA_IN_USE or MIGRATION_MISMATCH. */
export async function openStorage({ dataDir, limits, parseRecipe, ...options }: StorageOptions): Promise<Storage> {
  const { prisma, close } = await openDatabase(dataDir, options);
  try {
    const folders = { blobs: path.join(dataDir, 'pictures'), checkpoints: path.join(dataDir, 'checkpoints') };
    const blobs = await BlobStore.open(folders.blobs);
    const uploads = new UploadDecoder({ limits, entry: decoderEntry() });
    return {
      sessions: new SessionRepository(prisma, parseRecipe),
      losses: new LossRepository(prisma),
      timelapses: new TimelapseRepository(prisma),
      images: new ImageRepository(prisma, blobs),
      apiKeys: new ApiKeyRepository(prisma),
      presets: new PresetRepository(prisma, parseRecipe),
      settings: new SettingRepository(prisma),
      blobs,
      checkpoints: await CheckpointStore.open(folders.checkpoints),
      codec: new ImageCodec(limits.maxPixels),
      uploads,
      meter: new StorageMeter(prisma, dataDir, folders),
      async close() {
        uploads.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The decoder's script: built, or from its source through tsx. */
function decoderEntry() {
  const fromSource = import.meta.url.endsWith('.ts');
  const script = new URL(`upload/decoder-main${fromSource ? '.ts' : '.js'}`, import.meta.url);
  const execArgv = fromSource ? ['--import', createRequire(import.meta.url).resolve('tsx')] : [];
  return { script: fileURLToPath(script), execArgv };
}
