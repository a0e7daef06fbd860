import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { checkRange, UserError } from '../../core/errors.js';
import type { LossRow, SessionRow } from '../../storage/index.js';
import type { GraphqlContext } from '../context.js';
import { SessionType } from '../session/session.type.js';
import { LossPointType } from './loss.type.js';

/** Most points in one response. */
const MAX_CURVE = 2000;
/** Fewest points that show the shape of a curve. */
const MIN_CURVE = 4;
/** Complexity of a reduced curve: the database reads all of its points, however few it returns. */
const WHOLE_CURVE_COST = 50;

@Resolver(() => SessionType)
export class LossResolver {
  @FieldResolver(() => [LossPointType], {
    description:
      'The losses of the steps, in order, at most one second behind the run: the whole curve, reduced to `maxPoints` points, or the part that `afterSeq` and `first` select. Errors: INVALID_ARGUMENT.',
    // Points are small rows of one query: a hundred cost as much as one object.
    complexity: ({ args, childComplexity }) =>
      (args.maxPoints == null ? 1 : WHOLE_CURVE_COST) +
      Math.ceil((childComplexity * Math.min(Number(args.maxPoints ?? args.first), MAX_CURVE)) / 100),
  })
  async lossCurve(
    @Root() { id }: SessionRow,
    @Ctx() { loaders }: GraphqlContext,
    @Arg('afterSeq', () => Int, {
      defaultValue: 0,
      description: 'Return the points after this step record. Excludes `maxPoints`.',
    })
    afterSeq: number,
    @Arg('first', () => Int, {
      defaultValue: 500,
      description: `Maximum number of points, 1 to ${MAX_CURVE}. Ignored if \`maxPoints\` is given.`,
    })
    first: number,
    @Arg('maxPoints', () => Int, {
      nullable: true,
      description: `Return the whole curve with at most this many points, ${MIN_CURVE} to ${MAX_CURVE}. A longer curve is divided into equal ranges of steps; each range keeps the points with its lowest and highest total, and the first and last points are kept, so that no peak is lost.`,
    })
    maxPoints?: number | null,
  ): Promise<LossRow[]> {
    if (maxPoints != null) {
      checkRange('maxPoints', maxPoints, MIN_CURVE, MAX_CURVE);
      if (afterSeq !== 0) {
        const message =
          '`afterSeq` cannot be combined with `maxPoints`, which returns the whole curve. Omit one of them.';
        throw new UserError('INVALID_ARGUMENT', message, 'afterSeq');
      }
      return await loaders.curve.load({ sessionId: id, maxPoints });
    }
    checkRange('first', first, 1, MAX_CURVE);
    return await loaders.losses.load({ sessionId: id, afterSeq, limit: first });
  }
}
