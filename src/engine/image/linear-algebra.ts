/** Vectors of an image's length, and 3x3 matrices for linear maps between colours. */

/** Dot product, accumulated in double precision. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Adds `factor * source` to `target` and returns its dot product with `other`, in one pass through memory. */
export function addScaledThenDot(
  target: Float32Array,
  source: Float32Array,
  factor: number,
  other: Float32Array,
): number {
  let sum = 0;
  for (let i = 0; i < target.length; i++) {
    const value = target[i]! + factor * source[i]!;
    target[i] = value;
    sum += value * other[i]!;
  }
  return sum;
}

/** Multiplies in place. */
export function scale(target: Float32Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! *= factor;
}

/** 3x3, row-major. */
export type Matrix3 = Float64Array;

export function multiply(a: Matrix3, b: Matrix3): Matrix3 {
  return Float64Array.from({ length: 9 }, (_, i) => {
    const row = i - (i % 3);
    return a[row]! * b[i % 3]! + a[row + 1]! * b[(i % 3) + 3]! + a[row + 2]! * b[(i % 3) + 6]!;
  });
}

/** The power of a positive semidefinite symmetric matrix: V diag(lambda ** exponent) V^T. */
export function symmetricPower(matrix: Matrix3, exponent: number): Matrix3 {
  const { values, vectors } = eigen(matrix);
  // Rounding errors can make a zero eigenvalue negative.
  const powers = values.map((value) => Math.max(0, value) ** exponent);
  const power = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      for (let k = 0; k < 3; k++) {
        power[3 * row + column]! += vectors[3 * row + k]! * powers[k]! * vectors[3 * column + k]!;
      }
    }
  }
  return power;
}

/** Enough for convergence, which is quadratic. */
const SWEEPS = 12;

/** Eigenvalues, and eigenvectors as columns, of a symmetric matrix by Jacobi rotations. */
function eigen(matrix: Matrix3): { values: number[]; vectors: Matrix3 } {
  let a = matrix;
  let vectors: Matrix3 = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const [p, q] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const off = a[3 * p + q]!;
      if (off === 0) continue;
      const theta = (a[4 * q]! - a[4 * p]!) / (2 * off);
      const tangent = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
      const cosine = 1 / Math.hypot(tangent, 1);
      const rotation: Matrix3 = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
      rotation[4 * p] = rotation[4 * q] = cosine;
      rotation[3 * p + q] = tangent * cosine;
      rotation[3 * q + p] = -tangent * cosine;
      a = multiply(transpose(rotation), multiply(a, rotation));
      vectors = multiply(vectors, rotation);
    }
  }
  return { values: [a[0]!, a[4]!, a[8]!], vectors };
}

function transpose(m: Matrix3): Matrix3 {
  return Float64Array.of(m[0]!, m[3]!, m[6]!, m[1]!, m[4]!, m[7]!, m[2]!, m[5]!, m[8]!);
}
