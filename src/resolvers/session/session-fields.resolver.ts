import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Recipe } from '../../engine/recipe/recipe.js';
import type { Losses } from '../../engine/types.js';
import { SERVED_SIZES } from '../../sessions/image-service.js';
import { FULL_STRENGTH, resultPath } from '../../sessions/result-service.js';
import { MAX_CURVE } from '../../sessions/session-service.js';
import type { ImageRow, LossRow, PictureFormat, SessionRow, StyleRow } from '../../storage/index.js';
import type { GraphqlContext } from '../context.js';
import { ImageType, PictureFormatEnum } from '../image/image.type.js';
import { RecipeType } from '../preset/recipe.type.js';
import { servedSize } from '../served-size.js';
import { LossesType, LossPointType } from './loss.type.js';
import { SessionErrorType, SessionNetworkType, SessionType } from './session.type.js';
import { SessionStyleType } from './style.type.js';

/** Points for a field that costs a query of its own for every session of a page. */
const QUERY_COST = 5;

/** The fields of a session that its row does not hold as they are. */
@Resolver(() => SessionType)
export class SessionFieldsResolver {
  @FieldResolver(() => RecipeType, { description: 'The complete recipe, whatever becomes of the preset.' })
  recipe(@Root() session: SessionRow): Recipe {
    return JSON.parse(session.recipe) as Recipe;
  }

  @FieldResolver(() => ImageType, { description: 'The picture that is painted.' })
  async contentImage(@Root() session: SessionRow, @Ctx() { loaders }: GraphqlContext): Promise<ImageRow | null> {
    return await loaders.image.load(session.contentImageId);
  }

  @FieldResolver(() => [SessionStyleType], { description: 'The pictures whose style it takes on.' })
  styles(@Root() session: SessionRow): readonly StyleRow[] {
    return session.styles;
  }

  @FieldResolver(() => ImageType, {
    nullable: true,
    description: 'The picture that the run begins with, where the recipe’s `initialImage` is IMAGE.',
  })
  async initialImage(@Root() session: SessionRow, @Ctx() { loaders }: GraphqlContext): Promise<ImageRow | null> {
    return session.initialImageId === null ? null : await loaders.image.load(session.initialImageId);
  }

  @FieldResolver(() => ImageType, {
    nullable: true,
    description: 'The mask of what is kept: the content stays untouched where it is white.',
  })
  async keepMaskImage(@Root() session: SessionRow, @Ctx() { loaders }: GraphqlContext): Promise<ImageRow | null> {
    return session.keepMaskImageId === null ? null : await loaders.image.load(session.keepMaskImageId);
  }

  @FieldResolver(() => ImageType, {
    nullable: true,
    description: 'The result, once the session has COMPLETED. Of a session that goes on, the one before.',
  })
  async resultImage(@Root() session: SessionRow, @Ctx() { loaders }: GraphqlContext): Promise<ImageRow | null> {
    return session.resultImageId === null ? null : await loaders.image.load(session.resultImageId);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Where the result is served in any form, relative to the server; null before the session has COMPLETED. With authentication on, it holds for one to two hours. Errors: INVALID_ARGUMENT.',
  })
  resultUrl(
    @Root() session: SessionRow,
    @Ctx() { services }: GraphqlContext,
    @Arg('size', () => Int, {
      nullable: true,
      description: `Longest side in pixels; rounded up to one of ${SERVED_SIZES.join(', ')}, never enlarged. The result’s own where absent.`,
    })
    size?: number | null,
    @Arg('format', () => PictureFormatEnum, {
      nullable: true,
      description: 'PNG where absent. JPEG shows it on white.',
    })
    format?: PictureFormat | null,
    @Arg('strength', () => Int, {
      nullable: true,
      description: `How much of the result lies over the content, in percent: 0 is the content, ${FULL_STRENGTH} the result and the default.`,
    })
    strength?: number | null,
  ): string | null {
    const path = resultPath(session, {
      size: size ? servedSize(size) : undefined,
      format: format ?? undefined,
      strength: strength ?? undefined,
    });
    return path && services.urls.sign(path, session.ownerId);
  }

  @FieldResolver(() => LossesType, {
    nullable: true,
    description: 'The losses of the latest step; null before the first.',
    complexity: ({ childComplexity }) => QUERY_COST + childComplexity,
  })
  async losses(@Root() session: SessionRow, @Ctx() { services }: GraphqlContext): Promise<Losses | null> {
    return await services.sessions.latestLosses(session);
  }

  @FieldResolver(() => [LossPointType], {
    description: 'The losses of every step, in order; at most a second behind the run.',
    // Many small rows of one query: a hundred cost as much as one object.
    complexity: ({ args, childComplexity }) =>
      1 + Math.ceil((childComplexity * Math.min(Number(args.first), MAX_CURVE)) / 100),
  })
  async lossCurve(
    @Root() session: SessionRow,
    @Ctx() { services }: GraphqlContext,
    @Arg('afterSeq', () => Int, { defaultValue: 0, description: 'Only points beyond this step record.' })
    afterSeq: number,
    @Arg('first', () => Int, { defaultValue: 500, description: `At most this many points; 1 to ${MAX_CURVE}.` })
    first: number,
  ): Promise<LossRow[]> {
    return await services.sessions.lossCurve(session.id, afterSeq, first);
  }

  @FieldResolver(() => SessionNetworkType, {
    nullable: true,
    description: 'The network that it runs with; null while the server still has to obtain it.',
  })
  network(@Root() session: SessionRow): SessionNetworkType | null {
    const { networkName, networkSha256, networkStandIn } = session;
    return networkName && networkSha256 ? { name: networkName, sha256: networkSha256, standIn: networkStandIn } : null;
  }

  @FieldResolver(() => SessionErrorType, { nullable: true, description: 'Why it FAILED; else null.' })
  error(@Root() { errorCode, errorMessage }: SessionRow): SessionErrorType | null {
    return errorCode ? { code: errorCode, message: errorMessage ?? '' } : null;
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'How many sessions wait before it; null where it does not wait.',
    complexity: QUERY_COST,
  })
  async queuePosition(@Root() session: SessionRow, @Ctx() { services }: GraphqlContext): Promise<number | null> {
    return await services.sessions.queuePosition(session);
  }
}

@Resolver(() => SessionStyleType)
export class SessionStyleResolver {
  @FieldResolver(() => ImageType, { description: 'The picture.' })
  async image(@Root() style: StyleRow, @Ctx() { loaders }: GraphqlContext): Promise<ImageRow | null> {
    return await loaders.image.load(style.imageId);
  }

  @FieldResolver(() => ImageType, {
    nullable: true,
    description: 'The mask of where it is painted; null where it shares what the other styles’ masks leave.',
  })
  async maskImage(@Root() style: StyleRow, @Ctx() { loaders }: GraphqlContext): Promise<ImageRow | null> {
    return style.maskImageId === null ? null : await loaders.image.load(style.maskImageId);
  }
}
