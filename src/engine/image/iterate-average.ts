/** What further iterates are added to. */
export interface AverageState {
  /** Exponentially weighted sum of the iterates. */
  readonly sum: Float32Array;
  /** Sum of their weights, below 1 at first. */
  weight: number;
}

/**
 * Exponential average of the iterates (Polyak averaging), bias-corrected as Adam's moments are: what is shown and
 * returned, free of the optimiser's last oscillation.
 */
export class IterateAverage {
  constructor(
    /** 0 keeps the newest iterate alone. */
    readonly decay: number,
    readonly state: AverageState,
  ) {}

  static create(decay: number, length: number): IterateAverage {
    return new IterateAverage(decay, { sum: new Float32Array(length), weight: 0 });
  }

  add(image: Float32Array): void {
    const { decay, state } = this;
    const { sum } = state;
    for (let i = 0; i < sum.length; i++) sum[i] = decay * sum[i]! + (1 - decay) * image[i]!;
    state.weight = decay * state.weight + (1 - decay);
  }

  /** A copy. */
  value(): Float32Array {
    const { sum, weight } = this.state;
    return sum.map((x) => x / weight);
  }
}
