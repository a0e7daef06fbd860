import { Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { StorageUse } from '../../storage/index.js';
import { requireAdmin, type GraphqlContext } from '../context.js';
import { CleanStoragePayload, StorageUseType } from './storage.type.js';

/** Complexity of a field that reads the size of every file in the data folder. */
const FOLDER_COST = 100;

@Resolver()
export class StorageResolver {
  @Query(() => StorageUseType, {
    description: 'Disk usage of all owners. Reads the size of every file. For admins. Errors: FORBIDDEN.',
    complexity: ({ childComplexity }) => FOLDER_COST + childComplexity,
  })
  async storage(@Ctx() { viewer, services }: GraphqlContext): Promise<StorageUse> {
    requireAdmin(viewer);
    return await services.system.storageUse();
  }

  @Mutation(() => CleanStoragePayload, {
    description:
      'Runs garbage collection now; the server also runs it every hour. Deletes images that no session uses, unreferenced image files, checkpoints of deleted sessions and incomplete files, if they are older than a day. For admins. Errors: FORBIDDEN.',
    complexity: ({ childComplexity }) => FOLDER_COST + childComplexity,
  })
  async cleanStorage(@Ctx() { viewer, services }: GraphqlContext): Promise<CleanStoragePayload> {
    requireAdmin(viewer);
    const { bytes, images, blobs, checkpoints } = await services.garbage.collect();
    return {
      freedBytes: bytes,
      deletedImages: images,
      deletedBlobs: blobs,
      deletedCheckpoints: checkpoints,
    };
  }
}
