import { HttpError } from './errors.js';

/** Reads a query parameter that takes one of a few values; undefined where it is not given. */
export function oneOf<T extends string | number>(name: string, given: unknown, allowed: readonly T[]): T | undefined {
  if (given === undefined) return undefined;
  const found = allowed.find((value) => String(value) === given);
  if (found === undefined)
    throw new HttpError(400, 'BAD_REQUEST', `${name} must be one of ${allowed.join(', ')}.`, name);
  return found;
}

/** Reads a whole number from a path or a query. */
export function integer(name: string, given: unknown, min: number, max: number): number {
  const value = Number(given);
  if (typeof given !== 'string' || !/^\d+$/.test(given) || value < min || value > max) {
    throw new HttpError(400, 'BAD_REQUEST', `${name} must be a whole number from ${min} to ${max}.`, name);
  }
  return value;
}
