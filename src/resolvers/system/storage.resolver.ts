import { Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { StorageUse } from '../../storage/index.js';
import type { GraphqlContext } from '../context.js';
import { requireAdmin } from '../require-admin.js';
import { CleanStoragePayload, StorageUseType } from './storage.type.js';

/** Points for a field that looks at every file of the data folder. */
const FOLDER_COST = 100;

@Resolver()
export class StorageResolver {
  @Query(() => StorageUseType, {
    description: 'How much the server keeps; looks at every file. For admins. Errors: FORBIDDEN.',
    complexity: ({ childComplexity }) => FOLDER_COST + childComplexity,
  })
  async storage(@Ctx() { viewer, services }: GraphqlContext): Promise<StorageUse> {
    requireAdmin(viewer);
    return await services.system.storageUse();
  }

  @Mutation(() => CleanStoragePayload, {
    description:
      'Deletes what nothing refers to and what has been there for a day: pictures that no session uses, files of pictures, kept states of deleted sessions, and files that were never finished. The server does so by itself every hour. For admins. Errors: FORBIDDEN.',
    complexity: ({ childComplexity }) => FOLDER_COST + childComplexity,
  })
  async cleanStorage(@Ctx() { viewer, services }: GraphqlContext): Promise<CleanStoragePayload> {
    requireAdmin(viewer);
    const { bytes, images, blobs, checkpoints } = await services.cleaner.clean();
    return {
      freedBytes: bytes,
      deletedImages: images,
      deletedBlobs: blobs,
      deletedCheckpoints: checkpoints,
      errors: [],
    };
  }
}
