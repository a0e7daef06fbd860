import { Field, Int, ObjectType } from 'type-graphql';
import { FRAME_SIZE, MAX_FRAMES } from '../../images/timelapse-service.js';
import type { TimelapseFrameRow } from '../../storage/index.js';

/** A frame with its session's owner, for whom its address is signed. */
export interface OwnedFrame extends TimelapseFrameRow {
  readonly ownerId: string;
}

/** Its `url` is resolved in timelapse.resolver.ts. */
@ObjectType('TimelapseFrame', { description: 'What a run’s picture looked like after one of its steps.' })
export class TimelapseFrameType implements OwnedFrame {
  @Field(() => Int, { description: 'The step, from 1.' })
  step!: number;

  @Field(() => Int, { description: 'Number of the step record that it belongs to.' })
  seq!: number;

  @Field(() => Int, {
    description: `Width in pixels of the stored picture. Its longest side is at most ${FRAME_SIZE}, and less while a coarse-to-fine run is coarse.`,
  })
  width!: number;

  @Field(() => Int, { description: 'Height in pixels of the stored picture.' })
  height!: number;

  ownerId!: string;
  sessionId!: string;
  sha256!: string;
  byteSize!: number;
}

@ObjectType('Timelapse', { description: 'How a session’s picture came about.' })
export class TimelapseType {
  @Field(() => [TimelapseFrameType], {
    description: `At most ${MAX_FRAMES} pictures, spread evenly over the steps so far, in their order; the last is the result, where there is one. There are more while the session runs, and others.`,
  })
  frames!: readonly OwnedFrame[];

  @Field(() => String, {
    nullable: true,
    description:
      'Where all of them are served as an animated WebP, relative to the server; null where there are fewer than two. With authentication on, it holds for one to two hours.',
  })
  animationUrl!: string | null;
}
