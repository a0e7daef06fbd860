import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { omitNulls } from '../arguments.js';
import type { GraphqlContext } from '../context.js';
import { withUserErrors } from '../errors.js';
import { CreateSessionInput } from '../session/session.input.js';
import { EstimatePayload } from './estimate.type.js';

/** Complexity: the query reads and decodes the masks. */
const CHECK_COST = 200;

@Resolver()
export class EstimateResolver {
  @Query(() => EstimatePayload, {
    description:
      'Estimates the duration and memory of a session, and the largest size that fits. Checks the input as `createSession` does, and creates nothing.',
    complexity: ({ childComplexity }) => CHECK_COST + childComplexity,
  })
  async estimate(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('input', () => CreateSessionInput, { description: 'The session to estimate.' }) input: CreateSessionInput,
  ): Promise<EstimatePayload> {
    const { value, errors } = await withUserErrors(() => services.sessions.estimate(viewer, omitNulls(input)));
    return { estimate: value, errors };
  }
}
