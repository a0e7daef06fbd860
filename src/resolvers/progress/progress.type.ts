import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Losses, Scale } from '../../engine/index.js';
import type { SessionChange } from '../../progress/feed.js';
import type { PreviewFrame } from '../../progress/preview-frame.js';
import type { SessionRow } from '../../storage/index.js';
import { LossesType } from '../loss/loss.type.js';
import { SessionType } from '../session/session.type.js';

@ObjectType('Scale', { description: 'The current scale of a coarse-to-fine run.' })
export class ScaleType implements Scale {
  @Field(() => Int, { description: 'Index of the scale, from 0 (coarsest).' })
  index!: number;

  @Field(() => Int, { description: 'Number of scales of the run.' })
  count!: number;

  @Field(() => Int, { description: 'Width of the image at this scale in pixels.' })
  width!: number;

  @Field(() => Int, { description: 'Height of the image at this scale in pixels.' })
  height!: number;
}

/** Its fields are resolved in progress.resolver.ts. */
@ObjectType('Preview', {
  description: 'The current image of a running session; the result of a session that has COMPLETED.',
})
export class PreviewType {
  frame!: PreviewFrame;
  /** Longest side requested by the subscriber, pixels. */
  maxSize!: number;
  /** Owner of the session. */
  ownerId!: string;
}

/** Its `preview` is resolved in progress.resolver.ts, from the frame. */
@ObjectType('SessionProgress', { description: 'The state of a session after a step or a change of status.' })
export class SessionProgressType {
  @Field(() => Int, {
    description:
      'Number of the latest step record, which increases by one per step; 0 before the first. Pass it as `afterSeq` to resume the subscription.',
  })
  seq!: number;

  @Field(() => SessionType, { description: 'The session at this time.' })
  session!: SessionRow;

  @Field(() => Int, { description: 'Number of optimiser steps done.' })
  step!: number;

  @Field(() => Int, {
    description: 'Number of optimiser steps to do in all. A run that converges ends earlier.',
  })
  totalSteps!: number;

  @Field(() => ScaleType, {
    nullable: true,
    description: 'The current scale; null if the session is not running, or before its first step.',
  })
  scale!: Scale | null;

  @Field(() => LossesType, {
    nullable: true,
    description: 'The losses of the latest step; null before the first step.',
  })
  losses!: Losses | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Speed of the latest steps, in steps per second; null until it is known.',
  })
  stepsPerSecond!: number | null;

  @Field(() => Float, { description: 'Compute time up to the latest step, in milliseconds.' })
  elapsedMs!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Estimated time until the end of the run, in milliseconds; null until it is known.',
  })
  etaMs!: number | null;

  @Field(() => Boolean, {
    description:
      'Whether step records between the previous event (or `afterSeq`) and this one are no longer available for replay. `Session.lossCurve` has their losses.',
  })
  gap!: boolean;

  frame!: PreviewFrame | null;
  previewMaxSize!: number;
}

export const SessionChangeKindEnum = { CREATED: 'CREATED', UPDATED: 'UPDATED', DELETED: 'DELETED' } satisfies {
  [K in SessionChange['change']]: K;
};
registerEnumType(SessionChangeKindEnum, {
  name: 'SessionChangeKind',
  description: 'Kind of a change to a session.',
  valuesConfig: {
    CREATED: { description: 'The session was created.' },
    UPDATED: { description: 'The status, title, tags or progress of the session changed.' },
    DELETED: { description: 'The session was deleted.' },
  },
});

@ObjectType('SessionChange', { description: 'A change to a session.' })
export class SessionChangeType implements SessionChange {
  @Field(() => SessionChangeKindEnum, { description: 'Kind of the change.' })
  change!: SessionChange['change'];

  @Field(() => ID, { description: 'Id of the session.' })
  id!: string;

  @Field(() => SessionType, { nullable: true, description: 'The session after the change; null if it was deleted.' })
  session!: SessionRow | null;

  @Field(() => Boolean, {
    description:
      'Whether changes before this one were dropped because the client was too slow. If so, load the list again.',
  })
  gap!: boolean;
}
