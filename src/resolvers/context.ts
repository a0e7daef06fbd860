import { GraphQLError } from 'graphql';
import type { ApiKeys } from '../auth/api-keys.js';
import type { UrlSigner } from '../auth/url-signer.js';
import type { QueueService } from '../sessions/queue-service.js';
import type { GarbageCollector } from '../images/garbage-collector.js';
import type { SystemService } from '../sessions/system-service.js';
import type { Viewer } from '../core/viewer.js';
import { createLoaders, type Loaders, type LoaderServices } from './loaders.js';

/** The services that the resolvers call. */
export interface Services extends LoaderServices {
  readonly garbage: GarbageCollector;
  readonly system: SystemService;
  readonly queue: QueueService;
  readonly apiKeys: ApiKeys;
  /** Signs every image URL that a resolver returns, for the owner of the image or session. */
  readonly urls: UrlSigner;
}

/** Context of one HTTP request, or of one operation over WebSocket. */
export interface GraphqlContext {
  readonly viewer: Viewer;
  readonly services: Services;
  readonly loaders: Loaders;
}

export function createContext(services: Services, viewer: Viewer): GraphqlContext {
  return { viewer, services, loaders: createLoaders(services, viewer) };
}

/** Throws FORBIDDEN unless the viewer is an admin. */
export function requireAdmin({ isAdmin }: Viewer): void {
  if (isAdmin) return;
  const message = 'This operation is for admins. Send the API key of an admin.';
  throw new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });
}
