import { Field, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ImageFormat, ImageRow } from '../../storage/index.js';
import { NodeType } from '../node/node.type.js';
import { ErrorsField, type UserErrorType } from '../user-error.type.js';

export const ImageFormatEnum = { PNG: 'png', JPEG: 'jpeg', WEBP: 'webp' } satisfies Record<
  Uppercase<ImageFormat>,
  ImageFormat
>;
registerEnumType(ImageFormatEnum, {
  name: 'ImageFormat',
  description: 'Format of an image file.',
  valuesConfig: {
    PNG: { description: 'Lossless, with transparency.' },
    JPEG: { description: 'Lossy, without transparency.' },
    WEBP: { description: 'Lossy or lossless, with transparency.' },
  },
});

/** Its `url` is resolved in image.resolver.ts. */
@ObjectType('Image', {
  implements: NodeType,
  description: 'An uploaded image, or the result of a session. Images never change.',
})
export class ImageType implements Omit<ImageRow, 'sha256' | 'ownerId'> {
  @Field(() => ID, { description: 'Id of the image.' })
  id!: string;

  @Field(() => Int, { description: 'Width of the upright image in pixels.' })
  width!: number;

  @Field(() => Int, { description: 'Height of the upright image in pixels.' })
  height!: number;

  @Field(() => ImageFormatEnum, { description: 'Format of the stored file.' })
  format!: ImageFormat;

  @Field(() => Int, { description: 'Size of the stored file in bytes.' })
  byteSize!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Name of the uploaded file; null for results and for uploads without a name.',
  })
  fileName!: string | null;

  @Field(() => GraphQLISODateTime, { description: 'When the image was stored.' })
  createdAt!: Date;
}

@ObjectType({ description: 'Result of `uploadImage`.' })
export class UploadImagePayload {
  @Field(() => ImageType, { nullable: true, description: 'The stored image; null if there are errors.' })
  image!: ImageRow | null;

  @ErrorsField('NOT_AN_IMAGE', 'TOO_LARGE', 'TOO_SMALL', 'TOO_MANY_UPLOADS')
  errors!: readonly UserErrorType[];
}
