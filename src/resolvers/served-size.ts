import { SERVED_SIZES } from '../images/image-service.js';

/** The smallest served size that is not smaller than asked for, pixels; the largest where none is. */
export function servedSize(asked: number): number {
  return SERVED_SIZES.find((size) => size >= asked) ?? SERVED_SIZES[SERVED_SIZES.length - 1]!;
}
