/** A read–write lock: any number of shared tasks run at a time, an exclusive one runs alone. First come, first served. */
export class SharedLock {
  readonly #shared = new Set<Promise<unknown>>();
  #exclusive: Promise<unknown> = Promise.resolve();

  async shared<T>(task: () => Promise<T>): Promise<T> {
    const running = this.#exclusive.then(task);
    const settled = running.catch(() => undefined);
    this.#shared.add(settled);
    void settled.then(() => this.#shared.delete(settled));
    return await running;
  }

  async exclusive<T>(task: () => Promise<T>): Promise<T> {
    const running = Promise.all([this.#exclusive, ...this.#shared]).then(task);
    this.#exclusive = running.catch(() => undefined);
    return await running;
  }
}
