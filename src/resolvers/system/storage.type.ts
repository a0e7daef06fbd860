import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { StorageUse } from '../../storage/index.js';
import { UserErrorType } from '../user-error.type.js';

@ObjectType('StorageUse', { description: 'What the server keeps, and how much room there is. Of all owners together.' })
export class StorageUseType implements StorageUse {
  @Field(() => Int, { description: 'Pictures: uploads and results.' })
  images!: number;

  @Field(() => Float, { description: 'Their bytes added up, as if no two shared them.' })
  imageBytes!: number;

  @Field(() => Int, { description: 'Files of pictures: each content once, whoever has it.' })
  blobs!: number;

  @Field(() => Float, { description: 'Their bytes on disk.' })
  blobBytes!: number;

  @Field(() => Int, { description: 'Kept states of runs, from which sessions are resumed, continued and branched.' })
  checkpoints!: number;

  @Field(() => Float, { description: 'Their bytes on disk.' })
  checkpointBytes!: number;

  @Field(() => Float, { description: 'Bytes of the database on disk, with its log.' })
  databaseBytes!: number;

  @Field(() => Float, { description: 'Bytes left on the disk.' })
  freeBytes!: number;
}

@ObjectType({ description: 'What a clean-up let go.' })
export class CleanStoragePayload {
  @Field(() => Float, { description: 'Bytes of all files that went.' })
  freedBytes!: number;

  @Field(() => Int, { description: 'Pictures that no session used and that had been there for a day.' })
  deletedImages!: number;

  @Field(() => Int, { description: 'Files of pictures that nothing referred to any more.' })
  deletedBlobs!: number;

  @Field(() => Int, { description: 'Kept states of sessions that there are no more.' })
  deletedCheckpoints!: number;

  @Field(() => [UserErrorType], { description: 'Empty: there is nothing that one could do wrong.' })
  errors!: readonly UserErrorType[];
}
