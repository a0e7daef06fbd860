import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { checkRange, UserError } from '../../core/errors.js';
import type { LossRow, SessionRow } from '../../storage/index.js';
import type { GraphqlContext } from '../context.js';
import { LossPointType } from './loss.type.js';
import { SessionType } from './session.type.js';

/** Most points of a curve in one answer, and fewest that can show a shape. */
const MAX_CURVE = 2000;
const MIN_CURVE = 4;
/** Points for a whole curve, however few of its points are returned: the database has to look at all of them. */
const WHOLE_CURVE_COST = 50;

@Resolver(() => SessionType)
export class LossCurveResolver {
  @FieldResolver(() => [LossPointType], {
    description:
      'The losses of every step, in order; at most a second behind the run. With `maxPoints` the whole curve at once, thinned out; without, the part that `afterSeq` and `first` say. Errors: INVALID_ARGUMENT.',
    // Many small rows of one query: a hundred cost as much as one object.
    complexity: ({ args, childComplexity }) =>
      (args.maxPoints == null ? 1 : WHOLE_CURVE_COST) +
      Math.ceil((childComplexity * Math.min(Number(args.maxPoints ?? args.first), MAX_CURVE)) / 100),
  })
  async lossCurve(
    @Root() { id }: SessionRow,
    @Ctx() { loaders }: GraphqlContext,
    @Arg('afterSeq', () => Int, { defaultValue: 0, description: 'Only points beyond this step record.' })
    afterSeq: number,
    @Arg('first', () => Int, {
      defaultValue: 500,
      description: `At most this many points; 1 to ${MAX_CURVE}. Of no effect with \`maxPoints\`.`,
    })
    first: number,
    @Arg('maxPoints', () => Int, {
      nullable: true,
      description: `The whole curve in at most this many points, ${MIN_CURVE} to ${MAX_CURVE}: a longer one is cut into equal spans of steps, of which the lowest and the highest total are kept, beside the first and the last point, so that nothing that sticks out is lost. Not together with \`afterSeq\`.`,
    })
    maxPoints?: number | null,
  ): Promise<LossRow[]> {
    if (maxPoints != null) {
      checkRange('maxPoints', maxPoints, MIN_CURVE, MAX_CURVE);
      if (afterSeq !== 0) {
        throw new UserError('INVALID_ARGUMENT', 'maxPoints asks for the whole curve; leave afterSeq out.', 'afterSeq');
      }
      return await loaders.curve.load({ sessionId: id, maxPoints });
    }
    checkRange('first', first, 1, MAX_CURVE);
    return await loaders.losses.load({ sessionId: id, afterSeq, limit: first });
  }
}
