import { resample } from '../image/resample.js';

/**
 * Adam (Kingma & Ba 2015, algorithm 1) with the bias correction folded into the step length as in its section 2, and
 * eps where PyTorch has it: x -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps).
 */
const BETA_1 = 0.99;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

/** Serialisable: plain numbers and arrays of the image's length. */
export interface AdamState {
  /** Steps taken. */
  readonly t: number;
  /** First and second moments. */
  readonly m: Float32Array;
  readonly v: Float32Array;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export const adamState = (length: number): AdamState => ({
  t: 0,
  m: new Float32Array(length),
  v: new Float32Array(length),
});

/** One step, in place on `image` and the state's moments. Returns the state with its count raised. */
export function adamStep(
  state: AdamState,
  image: Float32Array,
  gradient: Float32Array,
  learningRate: number,
): AdamState {
  const { m, v } = state;
  const t = state.t + 1;
  const rate = learningRate / (1 - BETA_1 ** t);
  const correction = 1 / Math.sqrt(1 - BETA_2 ** t);
  for (let i = 0; i < image.length; i++) {
    const g = gradient[i]!;
    m[i] = BETA_1 * m[i]! + (1 - BETA_1) * g;
    v[i] = BETA_2 * v[i]! + (1 - BETA_2) * g * g;
    image[i]! -= (rate * m[i]!) / (Math.sqrt(v[i]!) * correction + EPSILON);
  }
  return { t, m, v };
}

/**
 * The state for a picture of another size: moments resampled, so that a finer scale goes on with the momentum of the
 * coarser one. The cubic may overshoot below zero, a second moment may not.
 */
export function resizeAdamState(state: AdamState, from: Size, to: Size): AdamState {
  const resized = (data: Float32Array) => resample({ ...from, data }, to.width, to.height).data;
  return { t: state.t, m: resized(state.m), v: resized(state.v).map((x) => Math.max(0, x)) };
}
