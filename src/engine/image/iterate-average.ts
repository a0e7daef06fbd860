/**
 * Exponential average of the iterates (Polyak averaging), bias-corrected as Adam's moments are: what is shown and
 * returned, free of the optimiser's last oscillation.
 */
export class IterateAverage {
  readonly #sum: Float32Array;
  #weight = 0;

  constructor(
    /** 0 keeps the newest iterate alone. */
    readonly decay: number,
    length: number,
  ) {
    this.#sum = new Float32Array(length);
  }

  add(image: Float32Array): void {
    const { decay } = this;
    const sum = this.#sum;
    for (let i = 0; i < sum.length; i++) sum[i] = decay * sum[i]! + (1 - decay) * image[i]!;
    this.#weight = decay * this.#weight + (1 - decay);
  }

  /** A copy. */
  value(): Float32Array {
    return this.#sum.map((x) => x / this.#weight);
  }
}
