import { Field, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ImageRow, ImageFormat } from '../../storage/index.js';
import { NodeType } from '../node/node.type.js';
import { UserErrorType } from '../user-error.type.js';

export const ImageFormatEnum = { PNG: 'png', JPEG: 'jpeg', WEBP: 'webp' } satisfies Record<
  Uppercase<ImageFormat>,
  ImageFormat
>;
registerEnumType(ImageFormatEnum, { name: 'ImageFormat', description: 'The format of a picture file.' });

/** Its `url` is resolved in image.resolver.ts. */
@ObjectType('Image', {
  implements: NodeType,
  description: 'A picture that was uploaded, or the result of a session. It never changes.',
})
export class ImageType implements Omit<ImageRow, 'sha256' | 'ownerId'> {
  @Field(() => ID, { description: 'Names the picture.' })
  id!: string;

  @Field(() => Int, { description: 'Width in pixels, upright.' })
  width!: number;

  @Field(() => Int, { description: 'Height in pixels, upright.' })
  height!: number;

  @Field(() => ImageFormatEnum, { description: 'Format of the stored file.' })
  format!: ImageFormat;

  @Field(() => Int, { description: 'Size of the stored file in bytes.' })
  byteSize!: number;

  @Field(() => String, { nullable: true, description: 'Name of the uploaded file; null for results.' })
  fileName!: string | null;

  @Field(() => GraphQLISODateTime, { description: 'When it was stored.' })
  createdAt!: Date;
}

@ObjectType({ description: 'What became of an upload.' })
export class UploadImagePayload {
  @Field(() => ImageType, { nullable: true, description: 'The stored picture; null where there are errors.' })
  image!: ImageRow | null;

  @Field(() => [UserErrorType], {
    description: 'Why it was not stored: NOT_AN_IMAGE, TOO_LARGE, TOO_SMALL or TOO_MANY_UPLOADS.',
  })
  errors!: readonly UserErrorType[];
}
