/** Lets any number of shared works go on at once, but none beside an exclusive one. In the order in which they came. */
export class SharedLock {
  readonly #shared = new Set<Promise<unknown>>();
  #exclusive: Promise<unknown> = Promise.resolve();

  async shared<T>(work: () => Promise<T>): Promise<T> {
    const going = this.#exclusive.then(work);
    const settled = going.catch(() => undefined);
    this.#shared.add(settled);
    void settled.then(() => this.#shared.delete(settled));
    return await going;
  }

  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    const going = Promise.all([this.#exclusive, ...this.#shared]).then(work);
    this.#exclusive = going.catch(() => undefined);
    return await going;
  }
}
