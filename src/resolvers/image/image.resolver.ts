import GraphQLUpload, { type FileUpload } from 'graphql-upload/GraphQLUpload.mjs';
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { UserError } from '../../core/errors.js';
import { SERVED_SIZES } from '../../images/image-service.js';
import type { ImageRow } from '../../storage/index.js';
import { servedSize } from '../arguments.js';
import type { GraphqlContext } from '../context.js';
import { withUserErrors } from '../errors.js';
import { ImageType, UploadImagePayload } from './image.type.js';

@Resolver(() => ImageType)
export class ImageResolver {
  @Query(() => ImageType, {
    nullable: true,
    description: 'The image with this id; null if there is none that the viewer can see.',
  })
  async image(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Id of the image.' }) id: string,
  ): Promise<ImageRow | null> {
    return await services.images.find(viewer, id);
  }

  @Mutation(() => UploadImagePayload, {
    description:
      'Uploads an image (PNG, JPEG, WebP, TIFF, GIF or AVIF) and stores it upright and in sRGB. Send a GraphQL multipart request with the header `apollo-require-preflight`. `POST /images` does the same without GraphQL.',
  })
  async uploadImage(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('file', () => GraphQLUpload, { description: 'The image file.' }) upload: Promise<FileUpload>,
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
      'URL path of the image file, relative to the server. With authentication, the URL is signed and expires after one to two hours.',
  })
  url(
    @Root() { id, ownerId }: ImageRow,
    @Ctx() { services }: GraphqlContext,
    @Arg('size', () => Int, {
      nullable: true,
      description: `Length of the long side in pixels, rounded up to one of ${SERVED_SIZES.join(', ')}; images are never enlarged. Default: the stored file.`,
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
