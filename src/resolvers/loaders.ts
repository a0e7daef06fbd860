import DataLoader from 'dataloader';
import type { Viewer } from '../sessions/viewer.js';
import type { ImageRow, SessionRow, StatusChangeRow } from '../storage/index.js';
import type { Services } from './context.js';

/** Gather what the fields of many objects ask for at once into single queries. */
export interface Loaders {
  readonly image: DataLoader<string, ImageRow | null>;
  readonly session: DataLoader<string, SessionRow | null>;
  readonly statusHistory: DataLoader<string, readonly StatusChangeRow[]>;
}

/**
 * The loaders only gather, they do not remember: a context lives as long as its subscription, and a row must not be
 * older than the event that it is read for.
 */
export function createLoaders(
  { images: service, sessions }: Pick<Services, 'images' | 'sessions'>,
  viewer: Viewer,
): Loaders {
  return {
    image: new DataLoader(
      async (ids: readonly string[]) => {
        const found = await service.findMany(viewer, [...new Set(ids)]);
        const images = new Map(found.map((image) => [image.id, image]));
        return ids.map((id) => images.get(id) ?? null);
      },
      { cache: false },
    ),
    session: new DataLoader(
      async (ids: readonly string[]) => {
        const found = await sessions.findMany(viewer, [...new Set(ids)]);
        const byId = new Map(found.map((session) => [session.id, session]));
        return ids.map((id) => byId.get(id) ?? null);
      },
      { cache: false },
    ),
    statusHistory: new DataLoader(
      async (ids: readonly string[]) => {
        const changes = await sessions.statusHistories([...new Set(ids)]);
        return ids.map((id) => changes.filter(({ sessionId }) => sessionId === id));
      },
      { cache: false },
    ),
  };
}
