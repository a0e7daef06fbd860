import type { ScalePlan, StepRecord } from '../engine/index.js';

export interface Pace {
  /** Null before the second step of a run. */
  readonly stepsPerSecond: number | null;
  /** Estimated remaining time, milliseconds. */
  readonly etaMs: number | null;
}

/** Number of newest steps over which the pace is measured. */
const WINDOW = 16;

/**
 * Measures a run's pace and estimates its remaining time. The time of a step is assumed to be proportional to the number
 * of pixels, so that the estimate does not jump between the scales of a coarse-to-fine run.
 */
export class PaceMeter {
  /** The newest steps of the current scale. */
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

  /** Pixels times steps, over all remaining steps. */
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
