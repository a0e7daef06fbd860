import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import { checkRange, UserError } from '../../core/errors.js';
import { SERVED_SIZES } from '../../images/image-service.js';
import type { SessionChange } from '../../progress/feed.js';
import type { ProgressEvent } from '../../progress/progress.js';
import { selects, servedSize } from '../arguments.js';
import type { GraphqlContext } from '../context.js';
import { PreviewType, SessionChangeType, SessionProgressType } from './progress.type.js';

const PREVIEW_SIZE = { min: 32, max: 2048, default: 512 };
const MAX_INTERVAL_MS = 60_000;

/** The raw arguments: TypeGraphQL converts them for the events only, not for the subscription itself. */
interface ProgressArgs {
  readonly id: string;
  readonly afterSeq?: number | null;
  readonly minIntervalMs: number;
}

@Resolver(() => SessionProgressType)
export class ProgressResolver {
  @Subscription(() => SessionProgressType, {
    subscribe: ({ args, context, info }) => watch(args as ProgressArgs, context as GraphqlContext, info!),
    description:
      'Progress of a session. The first event is sent at once: the current state, or the first replayed step record if `afterSeq` is given. Then one event per step; a slow client skips to the newest step record but receives every change of status. The event with a terminal status is the last one; a session that has ended sends only that event. Errors: SESSION_NOT_FOUND, INVALID_ARGUMENT.',
  })
  sessionProgress(
    @Root() event: ProgressEvent,
    @Arg('id', () => ID, { description: 'Id of the session.' }) _id: string,
    @Arg('afterSeq', () => Int, {
      nullable: true,
      description:
        'Number of the latest step record that the client has received; later ones are replayed if they are still available. Default: no replay.',
    })
    _afterSeq: number | null | undefined,
    @Arg('previewMaxSize', () => Int, {
      defaultValue: PREVIEW_SIZE.default,
      description: `Maximum length of the long side of previews in pixels; clamped to ${PREVIEW_SIZE.min} to ${PREVIEW_SIZE.max}.`,
    })
    previewMaxSize: number,
    @Arg('minIntervalMs', () => Int, {
      defaultValue: 0,
      description: `Minimum interval between two events in milliseconds, 0 to ${MAX_INTERVAL_MS}. Replayed step records, changes of status and the last event are not delayed.`,
    })
    _minIntervalMs: number,
  ): SessionProgressType {
    const { seq, session, progress, frame, gap } = event;
    return {
      seq,
      session,
      step: session.step,
      totalSteps: session.totalSteps,
      scale: progress?.scale ?? null,
      losses: progress?.losses ?? null,
      stepsPerSecond: progress?.stepsPerSecond ?? null,
      elapsedMs: session.elapsedMs,
      etaMs: progress?.etaMs ?? null,
      gap,
      frame,
      previewMaxSize: Math.min(PREVIEW_SIZE.max, Math.max(PREVIEW_SIZE.min, previewMaxSize)),
    };
  }

  @FieldResolver(() => PreviewType, {
    nullable: true,
    description:
      'The newest preview; null before the first. The server makes previews only while a subscriber selects this field.',
  })
  preview(@Root() { frame, previewMaxSize, session }: SessionProgressType): PreviewType | null {
    return frame && { frame, maxSize: previewMaxSize, ownerId: session.ownerId };
  }
}

/** Opens the stream. It has previews only if the subscriber selects them. */
async function watch(
  { id, afterSeq, minIntervalMs }: ProgressArgs,
  { viewer, services }: GraphqlContext,
  info: GraphQLResolveInfo,
): Promise<AsyncIterable<ProgressEvent>> {
  if (afterSeq != null && afterSeq < 0) {
    const message = `\`afterSeq\` is ${afterSeq}; the minimum is 0. Send the latest \`seq\` that you have received.`;
    throw new UserError('INVALID_ARGUMENT', message, 'afterSeq');
  }
  checkRange('minIntervalMs', minIntervalMs, 0, MAX_INTERVAL_MS);
  return await services.sessions.watch(viewer, id, {
    afterSeq: afterSeq ?? undefined,
    minIntervalMs,
    previews: selects(info, 'preview'),
  });
}

@Resolver(() => PreviewType)
export class PreviewResolver {
  @FieldResolver(() => Int, {
    description: 'Number of the step record that the preview shows; can be lower than that of the event.',
  })
  seq(@Root() { frame }: PreviewType): number {
    return frame.seq;
  }

  @FieldResolver(() => String, {
    description: `URL path of the preview, relative to the server. Its long side is \`previewMaxSize\` rounded up to one of ${SERVED_SIZES.join(', ')} pixels, never enlarged. If a newer preview exists, the URL returns that one. With authentication, the URL is signed and expires after one to two hours.`,
  })
  url(@Root() { frame, maxSize, ownerId }: PreviewType, @Ctx() { services }: GraphqlContext): string {
    return services.urls.sign(`${frame.path}?size=${servedSize(maxSize)}`, ownerId);
  }

  @FieldResolver(() => String, {
    description:
      'The preview as a `data:` URI. Its long side has at most `previewMaxSize` pixels; it is never enlarged.',
  })
  async dataUri(@Root() { frame, maxSize }: PreviewType): Promise<string> {
    return await frame.dataUri(maxSize);
  }

  @FieldResolver(() => Int, { description: 'Width of the image in `dataUri` in pixels.' })
  width(@Root() { frame, maxSize }: PreviewType): number {
    return frame.sizeWithin(maxSize).width;
  }

  @FieldResolver(() => Int, { description: 'Height of the image in `dataUri` in pixels.' })
  height(@Root() { frame, maxSize }: PreviewType): number {
    return frame.sizeWithin(maxSize).height;
  }
}

@Resolver(() => SessionChangeType)
export class SessionChangesResolver {
  @Subscription(() => SessionChangeType, {
    subscribe: ({ args, context }) => {
      const { viewer, services } = context as GraphqlContext;
      return services.sessions.watchAll(viewer, { mine: (args as { mine: boolean }).mine });
    },
    description:
      'Changes of the sessions that the viewer can see, for lists of sessions. There is no initial event: subscribe first, then load the list, so that no change is missed. Every change of status, title and tags is sent; progress at most once per second and session.',
  })
  sessionsChanged(
    @Root() event: SessionChange,
    @Arg('mine', () => Boolean, {
      defaultValue: false,
      description:
        'Whether to send only changes of the viewer’s own sessions; matters to admins, who see all sessions.',
    })
    _mine: boolean,
  ): SessionChangeType {
    return event;
  }
}
