import type { LossCurveQuery } from '../generated/graphql';

export type LossPoint = NonNullable<LossCurveQuery['session']>['lossCurve'][number];

/**
 * The losses step by step, from two sources that overlap: what the server has written down, and what the stream brings.
 * A step that was repeated after an interruption counts as it was the last time.
 */
export class LossCurve {
  #points: LossPoint[] = [];
  #newest = 0;
  #hole: number | null = null;

  /** In the order of steps. */
  get points(): readonly LossPoint[] {
    return this.#points;
  }

  /** The newest step record it has. */
  get newestSeq(): number {
    return this.#newest;
  }

  /** The record after which some are missing; null where none are. */
  get holeAfter(): number | null {
    return this.#hole;
  }

  /** Takes one live point. A slow client skips records; what was skipped is a hole, to be filled from the server. */
  add(point: LossPoint, gap: boolean): void {
    if (point.seq <= this.#newest) return;
    if (gap || point.seq > this.#newest + 1) this.#hole ??= this.#newest;
    this.#newest = point.seq;
    this.#points = [...upTo(this.#points, point.step), point];
  }

  /**
   * Takes the points that the server has written down beyond `afterSeq`, up to the newest written one.
   * The hole is closed as far as they reach.
   */
  fill(afterSeq: number, written: readonly LossPoint[]): void {
    const reached = written.at(-1)?.seq ?? afterSeq;
    const byStep = new Map<number, LossPoint>();
    for (const point of [...this.#points, ...written]) {
      const known = byStep.get(point.step);
      if (!known || known.seq <= point.seq) byStep.set(point.step, point);
    }
    const newest = [...byStep.values()].reduce<LossPoint | null>((a, b) => (a && a.seq > b.seq ? a : b), null);
    // Steps beyond the newest record's were undone by an interruption.
    this.#points = [...byStep.values()].filter(({ step }) => step <= newest!.step).sort((a, b) => a.step - b.step);
    if (reached >= this.#newest) this.#hole = null;
    else if (this.#hole !== null) this.#hole = Math.max(this.#hole, reached);
    this.#newest = Math.max(this.#newest, reached);
  }
}

/** The points before a step. Almost always that is all of them. */
function upTo(points: LossPoint[], step: number): LossPoint[] {
  let end = points.length;
  while (end > 0 && points[end - 1]!.step >= step) end -= 1;
  return end === points.length ? points : points.slice(0, end);
}
