import GraphQLUpload, { type FileUpload } from 'graphql-upload/GraphQLUpload.mjs';
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { UserError } from '../../core/errors.js';
import { SERVED_SIZES } from '../../images/image-service.js';
import type { ImageRow } from '../../storage/index.js';
import type { GraphqlContext } from '../context.js';
import { withUserErrors } from '../errors.js';
import { servedSize } from '../served-size.js';
import { ImageType, UploadImagePayload } from './image.type.js';

@Resolver(() => ImageType)
export class ImageResolver {
  @Query(() => ImageType, { nullable: true, description: 'A picture; null where there is none with this id.' })
  async image(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Names the picture.' }) id: string,
  ): Promise<ImageRow | null> {
    return await services.images.find(viewer, id);
  }

  @Mutation(() => UploadImagePayload, {
    description:
      'Stores a picture (PNG, JPEG, WebP, TIFF, GIF or AVIF), upright and in sRGB. Sent as a GraphQL multipart request with the header `apollo-require-preflight`; `POST /images` does the same with less ceremony.',
  })
  async uploadImage(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('file', () => GraphQLUpload, { description: 'The picture’s file.' }) upload: Promise<FileUpload>,
  ): Promise<UploadImagePayload> {
    const { value, errors } = await withUserErrors(async () => {
      try {
        const { createReadStream, filename } = await upload;
        return await services.images.admit(() => services.images.upload(viewer, createReadStream(), filename));
      } catch (error) {
        throw isCutOff(error) ? new UserError('TOO_LARGE', error.message, 'file') : error;
      }
    });
    return { image: value, errors };
  }

  @FieldResolver(() => String, {
    description:
      'Where the file is served, relative to the server. With authentication on, it holds for one to two hours.',
  })
  url(
    @Root() { id, ownerId }: ImageRow,
    @Ctx() { services }: GraphqlContext,
    @Arg('size', () => Int, {
      nullable: true,
      description: `Longest side in pixels; rounded up to one of ${SERVED_SIZES.join(', ')}. The stored file where absent.`,
    })
    size?: number | null,
  ): string {
    return services.urls.sign(size ? `/images/${id}?size=${servedSize(size)}` : `/images/${id}`, ownerId);
  }
}

/** The multipart reader ends a file that is too long with an HTTP error of its own. */
function isCutOff(error: unknown): error is Error {
  return error instanceof Error && 'status' in error && error.status === 413;
}
