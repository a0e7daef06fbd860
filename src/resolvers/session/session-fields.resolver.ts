import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Losses, Recipe } from '../../engine/index.js';
import { SERVED_SIZES } from '../../images/image-service.js';
import { FULL_STRENGTH, resultPath } from '../../images/result-service.js';
import type { ImageRow, ImageFormat, SessionRow, StyleRow } from '../../storage/index.js';
import type { GraphqlContext } from '../context.js';
import { ImageType, ImageFormatEnum } from '../image/image.type.js';
import { RecipeType } from '../preset/recipe.type.js';
import { servedSize } from '../served-size.js';
import { LossesType } from './loss.type.js';
import { SessionErrorType, SessionNetworkType, SessionType } from './session.type.js';
import { SessionStyleType } from './style.type.js';
import { SessionTimingsType, timingsOf } from './timings.type.js';

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
    @Arg('format', () => ImageFormatEnum, {
      nullable: true,
      description: 'PNG where absent. JPEG shows it on white.',
    })
    format?: ImageFormat | null,
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
  })
  async losses(@Root() { id, step }: SessionRow, @Ctx() { services, loaders }: GraphqlContext): Promise<Losses | null> {
    const live = services.sessions.liveLosses(id);
    if (live || step === 0) return live;
    const stored = await loaders.lastLoss.load(id);
    // Layers are known only while the session runs.
    return stored && { ...stored, layers: [] };
  }

  @FieldResolver(() => SessionNetworkType, {
    nullable: true,
    description: 'The network that it runs with; null while the server still has to obtain it.',
  })
  network(@Root() session: SessionRow): SessionNetworkType | null {
    const { networkName, networkSha256, networkIsFallback } = session;
    return networkName && networkSha256
      ? { name: networkName, sha256: networkSha256, isFallback: networkIsFallback }
      : null;
  }

  @FieldResolver(() => SessionErrorType, { nullable: true, description: 'Why it FAILED; else null.' })
  error(@Root() { errorCode, errorMessage }: SessionRow): SessionErrorType | null {
    return errorCode ? { code: errorCode, message: errorMessage ?? '' } : null;
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'How many sessions wait before it; null where it does not wait.',
  })
  async queuePosition(@Root() { id, status }: SessionRow, @Ctx() { loaders }: GraphqlContext): Promise<number | null> {
    return status === 'QUEUED' ? await loaders.queuePosition.load(id) : null;
  }

  @FieldResolver(() => [String], { description: 'What its owner files it under, in alphabetical order.' })
  async tags(@Root() { id }: SessionRow, @Ctx() { loaders }: GraphqlContext): Promise<string[]> {
    return await loaders.tags.load(id);
  }

  @FieldResolver(() => SessionTimingsType, { description: 'Where its time went.' })
  timings(@Root() session: SessionRow): SessionTimingsType {
    return timingsOf(session, new Date());
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
