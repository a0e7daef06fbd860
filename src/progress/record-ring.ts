/** The newest `capacity` entries of a sequence with rising numbers. */
export class RecordRing<T extends { readonly seq: number }> {
  readonly #entries: T[] = [];

  constructor(readonly capacity: number) {}

  /** Adds an entry. Its `seq` must be greater than that of every previous entry. */
  push(entry: T): void {
    this.#entries.push(entry);
    if (this.#entries.length > this.capacity) this.#entries.shift();
  }

  /** The oldest held entry after `seq`. */
  after(seq: number): T | undefined {
    return this.#entries[this.#indexAfter(seq)];
  }

  /** Whether every number from `seq + 1` to `upTo` is held. */
  covers(seq: number, upTo: number): boolean {
    if (upTo <= seq) return true;
    return this.#indexAfter(upTo) - this.#indexAfter(seq) === upTo - seq;
  }

  /** The newest `count` entries, oldest first. */
  newest(count: number): readonly T[] {
    return this.#entries.slice(-count);
  }

  /** Binary search: entries are sorted by `seq`, with holes where a run was restarted. */
  #indexAfter(seq: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.seq > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
