import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { SERVED_SIZES } from '../../images/image-service.js';
import { animationPath, framePath, isAnimated, MAX_FRAMES } from '../../images/timelapse-service.js';
import type { SessionRow } from '../../storage/index.js';
import { servedSize } from '../arguments.js';
import type { GraphqlContext } from '../context.js';
import { SessionType } from '../session/session.type.js';
import { TimelapseFrameType, TimelapseType, type OwnedFrame } from './timelapse.type.js';

@Resolver(() => SessionType)
export class TimelapseResolver {
  @FieldResolver(() => TimelapseType, {
    nullable: true,
    description: 'Images of the run over time; null before the first frame is stored.',
    // Frames are small rows of one query: twenty cost as much as one object.
    complexity: ({ childComplexity }) => 1 + Math.ceil((childComplexity * MAX_FRAMES) / 20),
  })
  async timelapse(
    @Root() { id, ownerId }: SessionRow,
    @Ctx() { services, loaders }: GraphqlContext,
  ): Promise<TimelapseType | null> {
    const frames = await loaders.frames.load(id);
    if (frames.length === 0) return null;
    return {
      frames: frames.map((frame) => ({ ...frame, ownerId })),
      animationUrl: isAnimated(frames) ? services.urls.sign(animationPath(id), ownerId) : null,
    };
  }
}

@Resolver(() => TimelapseFrameType)
export class TimelapseFrameResolver {
  @FieldResolver(() => String, {
    description:
      'URL path of the frame (WebP), relative to the server. With authentication, the URL is signed and expires after one to two hours.',
  })
  url(
    @Root() frame: OwnedFrame,
    @Ctx() { services }: GraphqlContext,
    @Arg('size', () => Int, {
      nullable: true,
      description: `Length of the long side in pixels, rounded up to one of ${SERVED_SIZES.join(', ')}; frames are never enlarged. Default: the stored frame.`,
    })
    size?: number | null,
  ): string {
    return services.urls.sign(framePath(frame, size ? servedSize(size) : undefined), frame.ownerId);
  }
}
