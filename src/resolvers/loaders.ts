import DataLoader from 'dataloader';
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
export function createLoaders({ storage }: Pick<Services, 'storage'>): Loaders {
  return {
    image: new DataLoader(
      async (ids: readonly string[]) => {
        const images = new Map((await storage.images.findMany([...new Set(ids)])).map((image) => [image.id, image]));
        return ids.map((id) => images.get(id) ?? null);
      },
      { cache: false },
    ),
  };
}
