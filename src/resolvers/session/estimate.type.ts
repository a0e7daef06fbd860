import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { Estimate } from '../../estimates/estimator.js';
import { UserErrorType } from '../user-error.type.js';

@ObjectType('Estimate', { description: 'What a session would cost, before anything runs.' })
export class EstimateType implements Estimate {
  @Field(() => Float, { description: 'From its start to its end, without the wait in the queue, seconds.' })
  seconds!: number;

  @Field(() => Int, {
    description: 'Evaluations of the objective; a run that converges, or ends a scale early, has fewer.',
  })
  evaluations!: number;

  @Field(() => Float, { description: 'The most main memory that the engine process will hold, bytes.' })
  memoryBytes!: number;

  @Field(() => Float, { description: 'The most that it may hold at present, bytes.' })
  availableBytes!: number;

  @Field(() => Boolean, { description: 'Whether it fits; `createSession` refuses what does not.' })
  fits!: boolean;

  @Field(() => Int, {
    nullable: true,
    description: 'The largest `recipe.size` that would fit, everything else being equal; null where none does.',
  })
  largestSize!: number | null;

  @Field(() => Int, { description: 'Of the finished picture, pixels.' })
  width!: number;

  @Field(() => Int, { description: 'Of the finished picture, pixels.' })
  height!: number;

  @Field(() => Boolean, {
    description: 'Whether this machine’s speed was measured; until then the seconds are those of a machine like many.',
  })
  calibrated!: boolean;
}

@ObjectType({ description: 'What became of a request for an estimate.' })
export class EstimatePayload {
  @Field(() => EstimateType, { nullable: true, description: 'The estimate; null where there are errors.' })
  estimate!: Estimate | null;

  @Field(() => [UserErrorType], {
    description:
      'Everything that is wrong with the input, just as `createSession` says it; empty where nothing is. What does not fit is no error here.',
  })
  errors!: readonly UserErrorType[];
}
