import { MAX_FRAMES } from '../images/timelapse-service.js';

export interface PlannedFrame {
  /** Number of the step record that the frame shows. */
  readonly seq: number;
  readonly step: number;
}

/**
 * Selects the steps of a run that are kept as frames: at most `MAX_FRAMES`, evenly spaced, however long the run becomes.
 * One frame is kept every `interval` steps, from the first step on. If that makes too many, the interval is doubled and
 * every second frame is dropped. Intervals are powers of two, so the frames of an interrupted or continued run stay evenly
 * spaced.
 */
export class TimelapsePlan {
  #interval: number;
  #kept: readonly PlannedFrame[];

  /** @param kept frames of an earlier run of the session, in order of step */
  constructor(totalSteps: number, kept: readonly PlannedFrame[] = []) {
    this.#interval = Math.max(firstInterval(totalSteps), intervalOf(kept));
    this.#kept = kept;
  }

  /** The frames to keep, in order of step. */
  get kept(): readonly PlannedFrame[] {
    return this.#kept;
  }

  /** Whether the image after this step becomes a frame. */
  isDue(step: number): boolean {
    const last = this.#kept.at(-1);
    return !last || this.#slot(step) > this.#slot(last.step);
  }

  /** Adds a frame; replaces the frames that an earlier run had from this step on. */
  add(frame: PlannedFrame): void {
    const earlier = this.#kept.filter(({ step }) => step < frame.step);
    this.#kept = [...earlier, frame];
    while (this.#kept.length > MAX_FRAMES) {
      this.#interval *= 2;
      // Keep the first frame of every interval, and the newest, which may be the last.
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

/** Half of the interval that the planned steps need, so that a run that converges early has enough frames as well. */
function firstInterval(totalSteps: number): number {
  let interval = 1;
  while (interval * MAX_FRAMES * 2 < totalSteps) interval *= 2;
  return interval;
}

/** The interval at which frames were kept: their mean distance without the newest frame, as a power of two. */
function intervalOf(kept: readonly PlannedFrame[]): number {
  const count = kept.length - 2;
  if (count < 1) return 1;
  return 2 ** Math.max(0, Math.round(Math.log2((kept[count]!.step - kept[0]!.step) / count)));
}
