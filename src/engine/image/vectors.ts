/** Sums run in double precision. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Adds `factor * source` to `target` and, in the same pass through memory, returns the new target's product with `other`. */
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

export function scale(target: Float32Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! *= factor;
}
