export interface AverageState {
  /** Exponentially weighted sum of the iterates. */
  readonly sum: Float32Array;
  /** Sum of the weights; approaches 1. */
  weight: number;
}

/**
 * Exponential average of the iterates (Polyak averaging), bias-corrected like Adam's moments. Previews and results show it,
 * because it removes the optimiser's oscillation.
 */
export class IterateAverage {
  constructor(
    /** 0: the newest iterate only. */
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
