import type { HistoryService } from '../sessions/history-service.js';
import type { ImageService } from '../sessions/image-service.js';
import type { SessionService } from '../sessions/session-service.js';
import type { SystemService } from '../sessions/system-service.js';
import { LOCAL_VIEWER, type Viewer } from '../sessions/viewer.js';
import type { Storage } from '../storage/index.js';
import { createLoaders, type Loaders } from './loaders.js';

/** What the resolvers work with. */
export interface Services {
  readonly sessions: SessionService;
  readonly history: HistoryService;
  readonly images: ImageService;
  readonly system: SystemService;
  readonly storage: Pick<Storage, 'images' | 'history' | 'timelapses'>;
}

/** What every resolver is given: of one HTTP request, or of one operation on a socket. */
export interface GraphqlContext {
  readonly viewer: Viewer;
  readonly services: Services;
  readonly loaders: Loaders;
}

export function createContext(services: Services): GraphqlContext {
  return { viewer: LOCAL_VIEWER, services, loaders: createLoaders(services) };
}
