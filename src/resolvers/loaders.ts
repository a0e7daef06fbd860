import DataLoader from 'dataloader';
import type { Viewer } from '../sessions/viewer.js';
import type { ImageRow } from '../storage/index.js';
import type { Services } from './context.js';

/** Gather what the fields of many objects ask for at once into single queries. */
export interface Loaders {
  readonly image: DataLoader<string, ImageRow | null>;
}

/**
 * The loaders only gather, they do not remember: a context lives as long as its subscription, and a row must not be
 * older than the event that it is read for.
 */
export function createLoaders({ images: service }: Pick<Services, 'images'>, viewer: Viewer): Loaders {
  return {
    image: new DataLoader(
      async (ids: readonly string[]) => {
        const found = await service.findMany(viewer, [...new Set(ids)]);
        const images = new Map(found.map((image) => [image.id, image]));
        return ids.map((id) => images.get(id) ?? null);
      },
      { cache: false },
    ),
  };
}
