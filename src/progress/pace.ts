import type { ScalePlan } from '../engine/schedule/pyramid.js';
import type { StepRecord } from '../engine/types/run.js';

export interface Pace {
  /** Null before the second step of a run. */
  readonly stepsPerSecond: number | null;
  /** Estimate of the time that is left, milliseconds. */
  readonly etaMs: number | null;
}

/** How many of the newest steps the speed is measured over. */
const WINDOW = 16;

/**
 * Measures how fast a run is and estimates when it will be done. A step's time is taken to grow with the number of
 * pixels, so that the estimate does not jump where a coarse-to-fine run goes to its next scale.
 */
export class PaceMeter {
  /** The newest steps of the present scale. */
  #window: StepRecord[] = [];

  constructor(private readonly scales: readonly Pick<ScalePlan, 'width' | 'height' | 'steps'>[]) {}

  measure(record: StepRecord): Pace {
    const sameScale = this.#window.at(-1)?.scale.index === record.scale.index;
    this.#window = [...(sameScale ? this.#window : this.#window.slice(-1)), record].slice(-WINDOW);
    const first = this.#window[0]!;
    const steps = record.step - first.step;
    const elapsed = record.elapsedMs - first.elapsedMs;
    if (steps <= 0 || elapsed <= 0) return { stepsPerSecond: null, etaMs: null };
    const perPixel = elapsed / steps / (record.scale.width * record.scale.height);
    return { stepsPerSecond: (steps / elapsed) * 1000, etaMs: perPixel * this.#pixelsLeft(record) };
  }

  /** Pixels times steps, over all steps still to do. */
  #pixelsLeft({ step }: StepRecord): number {
    let end = 0;
    let pixels = 0;
    for (const { width, height, steps } of this.scales) {
      end += steps;
      pixels += width * height * Math.min(steps, Math.max(0, end - step));
    }
    return pixels;
  }
}
