import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { SERVED_SIZES } from '../../images/image-service.js';
import { MAX_FRAMES } from '../../images/timelapse-service.js';
import { animationPath, framePath, isAnimated } from '../../images/timelapse-service.js';
import type { SessionRow } from '../../storage/index.js';
import type { GraphqlContext } from '../context.js';
import { servedSize } from '../served-size.js';
import { SessionType } from './session.type.js';
import { TimelapseFrameType, TimelapseType, type OwnedFrame } from './timelapse.type.js';

@Resolver(() => SessionType)
export class TimelapseResolver {
  @FieldResolver(() => TimelapseType, {
    nullable: true,
    description: 'How its picture came about; null before the first picture is stored.',
    // Many small rows of one query, as in a loss curve.
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
      'Where the picture is served (WebP), relative to the server. With authentication on, it holds for one to two hours.',
  })
  url(
    @Root() frame: OwnedFrame,
    @Ctx() { services }: GraphqlContext,
    @Arg('size', () => Int, {
      nullable: true,
      description: `Longest side in pixels; rounded up to one of ${SERVED_SIZES.join(', ')}, never enlarged. As stored where absent.`,
    })
    size?: number | null,
  ): string {
    return services.urls.sign(framePath(frame, size ? servedSize(size) : undefined), frame.ownerId);
  }
}
