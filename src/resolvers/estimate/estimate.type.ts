import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { Estimate } from '../../estimates/estimator.js';
import { INPUT_ERRORS } from '../session/session-payload.type.js';
import { ErrorsField, type UserErrorType } from '../user-error.type.js';

@ObjectType('Estimate', { description: 'Estimated time and memory of a session.' })
export class EstimateType implements Estimate {
  @Field(() => Float, { description: 'Duration of the run in seconds, without the time in the queue.' })
  seconds!: number;

  @Field(() => Int, {
    description: 'Number of evaluations of the objective. A run that converges, or ends a scale early, needs fewer.',
  })
  evaluations!: number;

  @Field(() => Float, { description: 'Peak memory of the engine process in bytes.' })
  memoryBytes!: number;

  @Field(() => Float, { description: 'Memory that the engine process may use now, in bytes.' })
  availableBytes!: number;

  @Field(() => Boolean, {
    description: 'Whether `memoryBytes` is at most `availableBytes`; otherwise `createSession` fails.',
  })
  fits!: boolean;

  @Field(() => Int, {
    nullable: true,
    description: 'Largest `recipe.size` that fits if all other fields stay the same; null if none fits.',
  })
  largestSize!: number | null;

  @Field(() => Int, { description: 'Width of the result in pixels.' })
  width!: number;

  @Field(() => Int, { description: 'Height of the result in pixels.' })
  height!: number;

  @Field(() => Boolean, {
    description: 'Whether `seconds` is based on a measurement of this machine; otherwise on a typical machine.',
  })
  calibrated!: boolean;
}

@ObjectType({ description: 'Result of `estimate`.' })
export class EstimatePayload {
  @Field(() => EstimateType, {
    nullable: true,
    description: 'The estimate, also if the session does not fit; null if there are errors.',
  })
  estimate!: Estimate | null;

  @ErrorsField(...INPUT_ERRORS)
  errors!: readonly UserErrorType[];
}
