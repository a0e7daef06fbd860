import { Field, Float, ObjectType } from 'type-graphql';
import type { SessionRow } from '../../storage/index.js';

@ObjectType('SessionTimings', { description: 'Where a session’s time went, up to its end or to now.' })
export class SessionTimingsType {
  @Field(() => Float, { description: 'From its creation until the engine first took it up, milliseconds.' })
  waitingMs!: number;

  @Field(() => Float, { description: 'Work of the engine up to the latest step, without interruptions, milliseconds.' })
  workingMs!: number;

  @Field(() => Float, { description: 'From its creation to its end, interruptions included, milliseconds.' })
  totalMs!: number;
}

/** The timings of a session at an instant. */
export function timingsOf(session: SessionRow, now: Date): SessionTimingsType {
  const { createdAt, startedAt, finishedAt, elapsedMs } = session;
  const end = finishedAt ?? now;
  const since = (instant: Date) => Math.max(0, instant.getTime() - createdAt.getTime());
  return { waitingMs: since(startedAt ?? end), workingMs: elapsedMs, totalMs: since(end) };
}
