import { resample } from '../image/resample.js';
import type { Size } from '../types/run.js';
import type { AdamState, Evaluate, Optimizer, StepResult } from './optimizer.js';

const BETA_1 = 0.99;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

/**
 * Adam (Kingma & Ba 2015, algorithm 1), with epsilon placed as in PyTorch:
 * x -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps). The image is not clamped.
 */
export class Adam implements Optimizer {
  constructor(
    readonly learningRate: number,
    readonly state: AdamState,
  ) {}

  static create(learningRate: number, length: number): Adam {
    return new Adam(learningRate, { t: 0, m: new Float32Array(length), v: new Float32Array(length) });
  }

  async step(image: Float32Array, evaluate: Evaluate): Promise<StepResult> {
    const { losses, gradient } = await evaluate(image);
    const { m, v } = this.state;
    const t = ++this.state.t;
    const rate = this.learningRate / (1 - BETA_1 ** t);
    const correction = 1 / Math.sqrt(1 - BETA_2 ** t);
    for (let i = 0; i < image.length; i++) {
      const g = gradient[i]!;
      m[i] = BETA_1 * m[i]! + (1 - BETA_1) * g;
      v[i] = BETA_2 * v[i]! + (1 - BETA_2) * g * g;
      image[i]! -= (rate * m[i]!) / (Math.sqrt(v[i]!) * correction + EPSILON);
    }
    return { losses, evaluations: 1, converged: false };
  }

  /** Resamples the moments. Cubic resampling may overshoot below zero, so the second moment is clamped to 0. */
  resized(from: Size, to: Size): Adam {
    const moments = (data: Float32Array) => resample({ ...from, data }, to.width, to.height).data;
    const { t, m, v } = this.state;
    return new Adam(this.learningRate, { t, m: moments(m), v: moments(v).map((x) => Math.max(0, x)) });
  }
}
