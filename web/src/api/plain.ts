/** A copy without the type names that the cache works with: what may be sent back, or shown. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === '__typename' ? undefined : part))) as T;
}
