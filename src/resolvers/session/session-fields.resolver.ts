import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Losses, Recipe } from '../../engine/index.js';
import { SERVED_SIZES } from '../../images/image-service.js';
import { FULL_STRENGTH, resultPath } from '../../images/result-service.js';
import type { ImageFormat, ImageRow, SessionRow, StatusChangeRow, StyleRow } from '../../storage/index.js';
import { omitNulls, servedSize } from '../arguments.js';
import type { GraphqlContext } from '../context.js';
import { ImageFormatEnum, ImageType } from '../image/image.type.js';
import { LossesType } from '../loss/loss.type.js';
import { RecipeType } from '../preset/recipe.type.js';
import {
  SessionErrorType,
  SessionNetworkType,
  SessionStyleType,
  SessionTimingsType,
  SessionType,
  StatusChangeType,
  timingsOf,
} from './session.type.js';

/** Fields of a session that need more than its row. */
@Resolver(() => SessionType)
export class SessionFieldsResolver {
  @FieldResolver(() => RecipeType, {
    description: 'The complete recipe. Later changes to the preset do not affect it.',
  })
  recipe(@Root() session: SessionRow): Recipe {
    return session.recipe;
  }

  @FieldResolver(() => ImageType, { description: 'The content image.' })
  async contentImage(@Root() session: SessionRow, @Ctx() { loaders }: GraphqlContext): Promise<ImageRow | null> {
    return await loaders.image.load(session.contentImageId);
  }

  @FieldResolver(() => [SessionStyleType], { description: 'The style images and their weights.' })
  styles(@Root() session: SessionRow): readonly StyleRow[] {
    return session.styles;
  }

  @FieldResolver(() => ImageType, {
    nullable: true,
    description:
      'The image from which the optimisation starts if the recipe’s `initialImage` is IMAGE; null otherwise.',
  })
  async initialImage(@Root() session: SessionRow, @Ctx() { loaders }: GraphqlContext): Promise<ImageRow | null> {
    return session.initialImageId === null ? null : await loaders.image.load(session.initialImageId);
  }

  @FieldResolver(() => ImageType, {
    nullable: true,
    description: 'The keep mask: the content stays unchanged where it is white. Null if the session has none.',
  })
  async keepMaskImage(@Root() session: SessionRow, @Ctx() { loaders }: GraphqlContext): Promise<ImageRow | null> {
    return session.keepMaskImageId === null ? null : await loaders.image.load(session.keepMaskImageId);
  }

  @FieldResolver(() => ImageType, {
    nullable: true,
    description:
      'The result; null before the session has COMPLETED. A continued session has its previous result until it completes again.',
  })
  async resultImage(@Root() session: SessionRow, @Ctx() { loaders }: GraphqlContext): Promise<ImageRow | null> {
    return session.resultImageId === null ? null : await loaders.image.load(session.resultImageId);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'URL path of the result in the given size, format and strength, relative to the server; null before the session has COMPLETED. With authentication, the URL is signed and expires after one to two hours. Errors: INVALID_ARGUMENT.',
  })
  resultUrl(
    @Root() session: SessionRow,
    @Ctx() { services }: GraphqlContext,
    @Arg('size', () => Int, {
      nullable: true,
      description: `Length of the long side in pixels, rounded up to one of ${SERVED_SIZES.join(', ')}; images are never enlarged. Default: the size of the result.`,
    })
    size?: number | null,
    @Arg('format', () => ImageFormatEnum, {
      nullable: true,
      description: 'File format. Default: PNG. JPEG shows transparent pixels on white.',
    })
    format?: ImageFormat | null,
    @Arg('strength', () => Int, {
      nullable: true,
      description: `Opacity of the result over the content in percent: 0 is the content, ${FULL_STRENGTH} is the result. Default: ${FULL_STRENGTH}.`,
    })
    strength?: number | null,
  ): string | null {
    const path = resultPath(session, omitNulls({ size: size ? servedSize(size) : undefined, format, strength }));
    return path && services.urls.sign(path, session.ownerId);
  }

  @FieldResolver(() => LossesType, {
    nullable: true,
    description: 'The losses of the latest step; null before the first step.',
  })
  async losses(@Root() { id, step }: SessionRow, @Ctx() { services, loaders }: GraphqlContext): Promise<Losses | null> {
    const live = services.sessions.liveLosses(id);
    if (live || step === 0) return live;
    const stored = await loaders.lastLoss.load(id);
    // Losses by layer are not stored.
    return stored && { ...stored, layers: [] };
  }

  @FieldResolver(() => SessionNetworkType, {
    nullable: true,
    description: 'The network that the session runs with; null until the server has installed it.',
  })
  network(@Root() session: SessionRow): SessionNetworkType | null {
    const { networkName, networkSha256, networkIsFallback } = session;
    return networkName && networkSha256
      ? { name: networkName, sha256: networkSha256, isFallback: networkIsFallback }
      : null;
  }

  @FieldResolver(() => SessionErrorType, {
    nullable: true,
    description: 'Why the session FAILED; null in every other status.',
  })
  error(@Root() { errorCode, errorMessage }: SessionRow): SessionErrorType | null {
    return errorCode ? { code: errorCode, message: errorMessage ?? '' } : null;
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'Number of sessions before this one in the queue; null if the session is not QUEUED.',
  })
  async queuePosition(@Root() { id, status }: SessionRow, @Ctx() { loaders }: GraphqlContext): Promise<number | null> {
    return status === 'QUEUED' ? await loaders.queuePosition.load(id) : null;
  }

  @FieldResolver(() => [String], { description: 'Tags in alphabetical order.' })
  async tags(@Root() { id }: SessionRow, @Ctx() { loaders }: GraphqlContext): Promise<string[]> {
    return await loaders.tags.load(id);
  }

  @FieldResolver(() => SessionTimingsType, { description: 'Durations of the session.' })
  timings(@Root() session: SessionRow): SessionTimingsType {
    return timingsOf(session, new Date());
  }

  @FieldResolver(() => SessionType, {
    nullable: true,
    description: 'The session that this one was branched from; null if there is none, or it was deleted.',
  })
  async parent(@Root() { parentId }: SessionRow, @Ctx() { loaders }: GraphqlContext): Promise<SessionRow | null> {
    return parentId === null ? null : await loaders.session.load(parentId);
  }

  @FieldResolver(() => [StatusChangeType], { description: 'The latest 100 changes of the status, oldest first.' })
  async statusHistory(
    @Root() { id }: SessionRow,
    @Ctx() { loaders }: GraphqlContext,
  ): Promise<readonly StatusChangeRow[]> {
    return await loaders.statusHistory.load(id);
  }
}

@Resolver(() => SessionStyleType)
export class SessionStyleResolver {
  @FieldResolver(() => ImageType, { description: 'The style image.' })
  async image(@Root() style: StyleRow, @Ctx() { loaders }: GraphqlContext): Promise<ImageRow | null> {
    return await loaders.image.load(style.imageId);
  }

  @FieldResolver(() => ImageType, {
    nullable: true,
    description:
      'Mask of the area that the style is applied to; null if the style shares the area that the masks of other styles leave.',
  })
  async maskImage(@Root() style: StyleRow, @Ctx() { loaders }: GraphqlContext): Promise<ImageRow | null> {
    return style.maskImageId === null ? null : await loaders.image.load(style.maskImageId);
  }
}
