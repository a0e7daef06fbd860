import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { StorageUse } from '../../storage/index.js';

@ObjectType('StorageUse', { description: 'Disk usage of all owners together.' })
export class StorageUseType implements StorageUse {
  @Field(() => Int, { description: 'Number of images: uploads and results.' })
  images!: number;

  @Field(() => Float, { description: 'Total size of the images in bytes, with duplicates.' })
  imageBytes!: number;

  @Field(() => Int, { description: 'Number of image files. Images with equal content share one file.' })
  blobs!: number;

  @Field(() => Float, { description: 'Size of the image files on disk in bytes.' })
  blobBytes!: number;

  @Field(() => Int, { description: 'Number of checkpoints, from which sessions are resumed, continued and branched.' })
  checkpoints!: number;

  @Field(() => Float, { description: 'Size of the checkpoints on disk in bytes.' })
  checkpointBytes!: number;

  @Field(() => Float, { description: 'Size of the database and its write-ahead log on disk in bytes.' })
  databaseBytes!: number;

  @Field(() => Float, { description: 'Free space on the disk in bytes.' })
  freeBytes!: number;
}

@ObjectType({ description: 'Result of `cleanStorage`.' })
export class CleanStoragePayload {
  @Field(() => Float, { description: 'Size of all deleted files in bytes.' })
  freedBytes!: number;

  @Field(() => Int, { description: 'Number of deleted images that no session used.' })
  deletedImages!: number;

  @Field(() => Int, { description: 'Number of deleted image files that no image referred to.' })
  deletedBlobs!: number;

  @Field(() => Int, { description: 'Number of deleted checkpoints of sessions that no longer exist.' })
  deletedCheckpoints!: number;
}
