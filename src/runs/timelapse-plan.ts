import { MAX_FRAMES } from '../images/timelapse-service.js';

/** What the plan needs to know of a frame. */
export interface PlannedFrame {
  /** The step record that it belongs to. */
  readonly seq: number;
  readonly step: number;
}

/**
 * Which of a run's steps are kept as frames, so that at most `MAX_FRAMES` lie evenly over it however long it becomes: one
 * for every `interval` steps, beginning with the first. When that becomes too many, the interval is doubled and every
 * second frame goes. Intervals are powers of two, so what is kept of a run that was interrupted, or that is continued
 * beyond its planned end, fits what comes later.
 */
export class TimelapsePlan {
  #interval: number;
  #kept: readonly PlannedFrame[];

  /** `kept`: the frames that there are of an earlier run of the session, in order of step. */
  constructor(totalSteps: number, kept: readonly PlannedFrame[] = []) {
    this.#interval = Math.max(firstInterval(totalSteps), intervalOf(kept));
    this.#kept = kept;
  }

  /** The frames to be kept, in order of step. */
  get kept(): readonly PlannedFrame[] {
    return this.#kept;
  }

  /** Whether the picture after this step is to become a frame. */
  isDue(step: number): boolean {
    const last = this.#kept.at(-1);
    return !last || this.#slot(step) > this.#slot(last.step);
  }

  /** Takes a frame, in place of all that an earlier run had from its step on. */
  add(frame: PlannedFrame): void {
    const earlier = this.#kept.filter(({ step }) => step < frame.step);
    this.#kept = [...earlier, frame];
    while (this.#kept.length > MAX_FRAMES) {
      this.#interval *= 2;
      // The first of every slot; and the newest, which may be the end.
      this.#kept = this.#kept.filter(
        ({ step }, index, all) =>
          index === all.length - 1 || index === 0 || this.#slot(step) > this.#slot(all[index - 1]!.step),
      );
    }
  }

  #slot(step: number): number {
    return Math.floor((step - 1) / this.#interval);
  }
}

/** Half of what the planned steps need in the end, so that a run that converges early has frames enough, too. */
function firstInterval(totalSteps: number): number {
  let interval = 1;
  while (interval * MAX_FRAMES * 2 < totalSteps) interval *= 2;
  return interval;
}

/** The interval that frames were kept at: their mean distance, without the newest one's, as a power of two. */
function intervalOf(kept: readonly PlannedFrame[]): number {
  const count = kept.length - 2;
  if (count < 1) return 1;
  return 2 ** Math.max(0, Math.round(Math.log2((kept[count]!.step - kept[0]!.step) / count)));
}
