import type { ApiKeys } from '../auth/api-keys.js';
import type { UrlSigner } from '../auth/url-signer.js';
import type { HistoryService } from '../sessions/history-service.js';
import type { ImageService } from '../images/image-service.js';
import type { QueueService } from '../sessions/queue-service.js';
import type { PresetService } from '../presets/preset-service.js';
import type { SessionService } from '../sessions/session-service.js';
import type { StorageCleaner } from '../images/storage-cleaner.js';
import type { SystemService } from '../sessions/system-service.js';
import type { TimelapseService } from '../images/timelapse-service.js';
import type { Viewer } from '../core/viewer.js';
import { createLoaders, type Loaders } from './loaders.js';

/** What the resolvers work with. */
export interface Services {
  readonly sessions: SessionService;
  readonly history: HistoryService;
  readonly timelapses: TimelapseService;
  readonly images: ImageService;
  readonly presets: PresetService;
  readonly cleaner: StorageCleaner;
  readonly system: SystemService;
  readonly queue: QueueService;
  readonly apiKeys: ApiKeys;
  /** Every address of a picture passes here before it is given out, with the picture's or session's owner. */
  readonly urls: UrlSigner;
}

/** What every resolver is given: of one HTTP request, or of one operation on a socket. */
export interface GraphqlContext {
  readonly viewer: Viewer;
  readonly services: Services;
  readonly loaders: Loaders;
}

export function createContext(services: Services, viewer: Viewer): GraphqlContext {
  return { viewer, services, loaders: createLoaders(services, viewer) };
}
