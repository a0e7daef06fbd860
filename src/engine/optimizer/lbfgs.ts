import { addScaledThenDot, dot, scale } from '../image/linear-algebra.js';
import type { Evaluation, Size } from '../types/run.js';
import type { Evaluate, LbfgsPair, LbfgsState, Optimizer, StepResult } from './optimizer.js';
import { Smoothing } from './smoothing.js';

/** Sufficient decrease (Nocedal & Wright, Numerical Optimization, eq. 3.6a). */
const ARMIJO = 1e-4;
const MAX_TRIALS = 12;
/** Mean absolute change of the image in the first step, in normalised units: a few grey levels. */
const FIRST_CHANGE = 0.05;

/** The state before the first step. */
export const FRESH_LBFGS: LbfgsState = { pairs: [], current: null };

/**
 * Limited-memory BFGS (Nocedal & Wright, algorithms 7.4 and 7.5) with a backtracking line search. The line search
 * tries the unit step first and nearly always accepts it, so most steps cost one evaluation. The initial inverse Hessian
 * is a smoothing operator (`Smoothing`), which moves coarse structure further than fine. Compared with a multiple of the
 * identity, this reaches the same total in 0.64 to 0.93 of the evaluations (seven content and style pairs). Pairs without
 * positive curvature are dropped, so every direction is a descent direction. The image is not clamped: a clamped change
 * would not match the change of the gradient.
 */
export class Lbfgs implements Optimizer {
  readonly #smoothing: Smoothing;
  readonly #pairs: LbfgsPair[];
  #current: Evaluation | null;
  #buffers: Buffers | undefined;

  constructor(
    /** Maximum number of pairs; they take 2 * history * 3 H W floats. */
    readonly history: number,
    { width, height }: Size,
    { pairs, current } = FRESH_LBFGS,
  ) {
    this.#smoothing = new Smoothing(width, height);
    this.#pairs = [...pairs];
    this.#current = current;
  }

  get state(): LbfgsState {
    return { pairs: this.#pairs, current: this.#current };
  }

  async step(image: Float32Array, evaluate: Evaluate): Promise<StepResult> {
    const first = this.#current === null;
    const current = (this.#current ??= keep(await evaluate(image)));
    const { start, direction, smoothed } = (this.#buffers ??= createBuffers(image.length));
    start.set(image);
    this.#findDirection(current.gradient, direction, smoothed);
    const search = await this.#search(image, start, direction, current, evaluate);
    const evaluations = search.evaluations + (first ? 1 : 0);
    if (search.accepted) {
      const { losses, gradient } = search.accepted;
      this.#remember(image, start, gradient, current.gradient);
      current.gradient.set(gradient);
      this.#current = { losses, gradient: current.gradient };
      return { losses, evaluations, converged: false };
    }
    // No decrease in this direction. Drop the pairs and restart from steepest descent; without pairs, stop.
    image.set(start);
    const converged = this.#pairs.length === 0;
    this.#pairs.length = 0;
    return { losses: current.losses, evaluations, converged };
  }

  /** Starts without pairs: curvature at one size does not predict curvature at another. */
  resized(_from: Size, to: Size): Lbfgs {
    return new Lbfgs(this.history, to);
  }

  /**
   * Writes -H g to `direction`, by the two-loop recursion from H0 = gamma K, where K smooths and gamma = s.y / y.K y of the
   * newest pair. Without pairs, H = K, scaled to a mean change of `FIRST_CHANGE`.
   */
  #findDirection(gradient: Float32Array, direction: Float32Array, smoothed: Float32Array): void {
    const pairs = this.#pairs;
    for (let i = 0; i < gradient.length; i++) direction[i] = -gradient[i]!;
    const newest = pairs.at(-1);
    if (!newest) {
      this.#smoothing.apply(direction);
      const meanChange = direction.reduce((sum, d) => sum + Math.abs(d), 0) / direction.length;
      scale(direction, FIRST_CHANGE / (meanChange || 1));
      return;
    }
    const alphas = new Array<number>(pairs.length);
    let product = dot(newest.s, direction);
    for (let k = pairs.length - 1; k >= 0; k--) {
      alphas[k] = pairs[k]!.rho * product;
      product = addScaledThenDot(direction, pairs[k]!.y, -alphas[k]!, pairs[Math.max(k - 1, 0)]!.s);
    }
    smoothed.set(newest.y);
    this.#smoothing.apply(smoothed);
    this.#smoothing.apply(direction);
    scale(direction, 1 / (newest.rho * dot(newest.y, smoothed)));
    product = dot(pairs[0]!.y, direction);
    for (const [k, { s, rho }] of pairs.entries()) {
      product = addScaledThenDot(direction, s, alphas[k]! - rho * product, (pairs[k + 1] ?? newest).y);
    }
  }

  /**
   * Backtracking line search; `image` ends at the accepted point. Each trial multiplies the step length by the minimiser of
   * the parabola through both ends, limited to [0.1, 0.5].
   */
  async #search(
    image: Float32Array,
    start: Float32Array,
    direction: Float32Array,
    current: Evaluation,
    evaluate: Evaluate,
  ) {
    const slope = dot(current.gradient, direction);
    if (!(slope < 0)) return { accepted: undefined, evaluations: 0 };
    let length = 1;
    for (let trial = 1; trial <= MAX_TRIALS; trial++) {
      for (let i = 0; i < image.length; i++) image[i] = start[i]! + length * direction[i]!;
      const reached = await evaluate(image);
      const rise = reached.losses.total - current.losses.total;
      if (rise <= ARMIJO * length * slope) return { accepted: reached, evaluations: trial };
      const minimiser = (-slope * length) / (2 * (rise / length - slope));
      length *= Math.min(0.5, Math.max(0.1, minimiser / length));
    }
    return { accepted: undefined, evaluations: MAX_TRIALS };
  }

  #remember(image: Float32Array, start: Float32Array, gradient: Float32Array, previous: Float32Array): void {
    // Reuse the oldest pair's arrays, so that no step allocates once the history is full.
    const reused = this.#pairs.length === this.history ? this.#pairs.shift() : undefined;
    const s = reused?.s ?? new Float32Array(image.length);
    const y = reused?.y ?? new Float32Array(image.length);
    for (let i = 0; i < image.length; i++) {
      s[i] = image[i]! - start[i]!;
      y[i] = gradient[i]! - previous[i]!;
    }
    const curvature = dot(s, y);
    if (curvature > 1e-10 * dot(y, y)) this.#pairs.push({ s, y, rho: 1 / curvature });
  }
}

/** Working arrays of the image's length, allocated once: allocating them at every step is slow. */
interface Buffers {
  readonly start: Float32Array;
  readonly direction: Float32Array;
  readonly smoothed: Float32Array;
}

const createBuffers = (length: number): Buffers => ({
  start: new Float32Array(length),
  direction: new Float32Array(length),
  smoothed: new Float32Array(length),
});

/** The evaluator reuses its gradient buffer, so copy the gradient. */
const keep = ({ losses, gradient }: Evaluation): Evaluation => ({ losses, gradient: gradient.slice() });
