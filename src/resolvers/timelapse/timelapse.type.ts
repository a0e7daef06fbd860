import { Field, Int, ObjectType } from 'type-graphql';
import { FRAME_SIZE, MAX_FRAMES } from '../../images/timelapse-service.js';
import type { TimelapseFrameRow } from '../../storage/index.js';

/** A frame and the owner of its session, for whom its URL is signed. */
export interface OwnedFrame extends TimelapseFrameRow {
  readonly ownerId: string;
}

/** Its `url` is resolved in timelapse.resolver.ts. */
@ObjectType('TimelapseFrame', { description: 'The image of a run after one of its steps.' })
export class TimelapseFrameType implements OwnedFrame {
  @Field(() => Int, { description: 'Number of the optimiser step, from 1.' })
  step!: number;

  @Field(() => Int, { description: 'Number of the step record.' })
  seq!: number;

  @Field(() => Int, {
    description: `Width of the stored frame in pixels. Its long side has at most ${FRAME_SIZE} pixels, fewer at the coarse scales of a run.`,
  })
  width!: number;

  @Field(() => Int, { description: 'Height of the stored frame in pixels.' })
  height!: number;

  ownerId!: string;
  sessionId!: string;
  sha256!: string;
  byteSize!: number;
}

@ObjectType('Timelapse', { description: 'The images of a run over time.' })
export class TimelapseType {
  @Field(() => [TimelapseFrameType], {
    description: `At most ${MAX_FRAMES} frames, evenly spaced over the steps so far, in their order; the last one is the result if there is one. While the session runs, frames are added and others removed.`,
  })
  frames!: readonly OwnedFrame[];

  @Field(() => String, {
    nullable: true,
    description:
      'URL path of all frames as an animated WebP, relative to the server; null if there are fewer than two frames. With authentication, the URL is signed and expires after one to two hours.',
  })
  animationUrl!: string | null;
}
