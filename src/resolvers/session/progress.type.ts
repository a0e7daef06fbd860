import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { Losses, Scale } from '../../engine/index.js';
import type { PreviewFrame } from '../../progress/preview-frame.js';
import type { SessionRow } from '../../storage/index.js';
import { LossesType } from './loss.type.js';
import { SessionType } from './session.type.js';

@ObjectType('Scale', { description: 'Where a coarse-to-fine run is.' })
export class ScaleType implements Scale {
  @Field(() => Int, { description: 'The present scale, from 0.' })
  index!: number;

  @Field(() => Int, { description: 'How many scales there are.' })
  count!: number;

  @Field(() => Int, { description: 'Width in pixels of the picture at this scale.' })
  width!: number;

  @Field(() => Int, { description: 'Height in pixels of the picture at this scale.' })
  height!: number;
}

/** Its fields are resolved in preview.resolver.ts. */
@ObjectType('Preview', {
  description: 'What the picture looks like by now; once the session has COMPLETED, its result.',
})
export class PreviewType {
  frame!: PreviewFrame;
  /** The longest side that the subscriber asked for, pixels. */
  maxSize!: number;
  /** The session's owner. */
  ownerId!: string;
}

/** Its `preview` is resolved in progress.resolver.ts, from the frame. */
@ObjectType('SessionProgress', { description: 'A session at one instant.' })
export class SessionProgressType {
  @Field(() => Int, {
    description: 'Number of the latest step record; rises by one a step. To be given as `afterSeq` to resume.',
  })
  seq!: number;

  @Field(() => SessionType, { description: 'The session at that instant.' })
  session!: SessionRow;

  @Field(() => Int, { description: 'Optimiser steps done.' })
  step!: number;

  @Field(() => Int, { description: 'Optimiser steps to do in all; a run that has converged ends before.' })
  totalSteps!: number;

  @Field(() => ScaleType, { nullable: true, description: 'The present scale; null while the session does not run.' })
  scale!: Scale | null;

  @Field(() => LossesType, { nullable: true, description: 'The losses of the latest step; null before the first.' })
  losses!: Losses | null;

  @Field(() => Float, { nullable: true, description: 'Speed over the latest steps; null until it can be measured.' })
  stepsPerSecond!: number | null;

  @Field(() => Float, { description: 'Milliseconds of work up to the latest step.' })
  elapsedMs!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Estimated milliseconds to go; null until they can be estimated.',
  })
  etaMs!: number | null;

  @Field(() => Boolean, {
    description:
      'Step records between the previous event (or `afterSeq`) and this one are lost to the stream: they can no longer be replayed. `Session.lossCurve` has their losses.',
  })
  gap!: boolean;

  frame!: PreviewFrame | null;
  previewMaxSize!: number;
}
