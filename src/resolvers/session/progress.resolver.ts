import { Arg, FieldResolver, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { checkRange, UserError } from '../../core/errors.js';
import type { ProgressEvent } from '../../progress/progress.js';
import type { GraphqlContext } from '../context.js';
import { selects } from '../selection.js';
import { PreviewType, SessionProgressType } from './progress.type.js';

const PREVIEW_SIZE = { min: 32, max: 2048, default: 512 };
const MAX_INTERVAL_MS = 60_000;

/** The arguments as they come: TypeGraphQL prepares them for the events, not for the subscription itself. */
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
      'Follows a session. The first event comes at once: the present state, or with `afterSeq` the first record to replay. Then live: a slow client skips to the newest record, but misses no change of status. The event with a final status is the last; a session that has ended gives just that one. Errors: SESSION_NOT_FOUND, INVALID_ARGUMENT.',
  })
  sessionProgress(
    @Root() event: ProgressEvent,
    @Arg('id', () => ID, { description: 'Names the session.' }) _id: string,
    @Arg('afterSeq', () => Int, {
      nullable: true,
      description: 'The latest record that the client has: what came after it is replayed, as far as it is still held.',
    })
    _afterSeq: number | null | undefined,
    @Arg('previewMaxSize', () => Int, {
      defaultValue: PREVIEW_SIZE.default,
      description: `Longest side of previews in pixels, ${PREVIEW_SIZE.min} to ${PREVIEW_SIZE.max}; what lies outside is moved to the nearest end.`,
    })
    previewMaxSize: number,
    @Arg('minIntervalMs', () => Int, {
      defaultValue: 0,
      description: `Least milliseconds between two events of live progress, 0 to ${MAX_INTERVAL_MS}. Replayed records, changes of status and the last event do not wait.`,
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
      'The newest preview at hand; null before the first. Previews are made only for those who select this field.',
  })
  preview(@Root() { frame, previewMaxSize, session }: SessionProgressType): PreviewType | null {
    return frame && { frame, maxSize: previewMaxSize, ownerId: session.ownerId };
  }
}

/** Opens the stream. Previews are made only for those who look at them. */
async function watch(
  { id, afterSeq, minIntervalMs }: ProgressArgs,
  { viewer, services }: GraphqlContext,
  info: GraphQLResolveInfo,
): Promise<AsyncIterable<ProgressEvent>> {
  if (afterSeq != null && afterSeq < 0) {
    throw new UserError('INVALID_ARGUMENT', `afterSeq is ${afterSeq}; it must not be negative.`, 'afterSeq');
  }
  checkRange('minIntervalMs', minIntervalMs, 0, MAX_INTERVAL_MS);
  return await services.sessions.watch(viewer, id, {
    afterSeq: afterSeq ?? undefined,
    minIntervalMs,
    previews: selects(info, 'preview'),
  });
}
