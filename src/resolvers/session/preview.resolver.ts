import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { SERVED_SIZES } from '../../images/image-service.js';
import type { GraphqlContext } from '../context.js';
import { servedSize } from '../served-size.js';
import { PreviewType } from './progress.type.js';

@Resolver(() => PreviewType)
export class PreviewResolver {
  @FieldResolver(() => Int, {
    description: 'Number of the step record that it belongs to; may lie behind the event’s.',
  })
  seq(@Root() { frame }: PreviewType): number {
    return frame.seq;
  }

  @FieldResolver(() => String, {
    description: `Where the picture is served, relative to the server; its longest side is \`previewMaxSize\` rounded up to one of ${SERVED_SIZES.join(', ')}, never enlarged. Once a newer preview is there, that is served instead.`,
  })
  url(@Root() { frame, maxSize, ownerId }: PreviewType, @Ctx() { services }: GraphqlContext): string {
    return services.urls.sign(`${frame.path}?size=${servedSize(maxSize)}`, ownerId);
  }

  @FieldResolver(() => String, {
    description: 'The picture itself as a `data:` URI, its longest side at most `previewMaxSize`, never enlarged.',
  })
  async dataUri(@Root() { frame, maxSize }: PreviewType): Promise<string> {
    return await frame.dataUri(maxSize);
  }

  @FieldResolver(() => Int, { description: 'Width in pixels of the picture in `dataUri`.' })
  width(@Root() { frame, maxSize }: PreviewType): number {
    return frame.sizeWithin(maxSize).width;
  }

  @FieldResolver(() => Int, { description: 'Height in pixels of the picture in `dataUri`.' })
  height(@Root() { frame, maxSize }: PreviewType): number {
    return frame.sizeWithin(maxSize).height;
  }
}
