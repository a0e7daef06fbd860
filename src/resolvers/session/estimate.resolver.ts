import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type { GraphqlContext } from '../context.js';
import { withUserErrors } from '../errors.js';
import { EstimatePayload } from './estimate.type.js';
import { CreateSessionInput, requested } from './session.input.js';

/** Points: masks are read and decoded to be checked. */
const CHECK_COST = 200;

@Resolver()
export class EstimateResolver {
  @Query(() => EstimatePayload, {
    description:
      'What a session would cost: seconds, memory, and the largest size that fits. Checks the input as `createSession` does and writes nothing.',
    complexity: ({ childComplexity }) => CHECK_COST + childComplexity,
  })
  async estimate(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('input', () => CreateSessionInput, { description: 'What would be painted, and how.' })
    input: CreateSessionInput,
  ): Promise<EstimatePayload> {
    const { value, errors } = await withUserErrors(() => services.sessions.estimate(viewer, requested(input)));
    return { estimate: value, errors };
  }
}
