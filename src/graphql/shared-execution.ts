import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Viewer } from '../core/viewer.js';

/** Arguments of a subscription: those of graphql, and how to deliver its results. */
export interface SubscriptionArgs extends ExecutionArgs {
  /** Source text of the document. */
  readonly query: string;
  readonly contextValue: { readonly viewer: Viewer };
  /** Serialises a result for clients. */
  readonly serialise: (result: ExecutionResult) => Buffer;
  /** Sends a serialised result to the subscriber; resolves when its connection can take the next one. */
  readonly deliver: (payload: Buffer) => Promise<void>;
}

/** Serialised results, pending or done, by event and then by operation. */
const payloads = new WeakMap<object, Map<string, Promise<Buffer>>>();

/**
 * Replaces graphql's `subscribe`. An event that reaches many subscribers is executed and serialised once for all of them
 * that sent the same document and variables and are the same viewer. Permission to receive the events is checked for each
 * subscriber when its stream is opened. The result of an event depends on the viewer at most, so no subscriber receives
 * another viewer's result.
 *
 * Sources mark an event as shareable by yielding the same object to several subscribers. Initial snapshots are yielded as
 * fresh objects, so they are never shared.
 */
export async function subscribeShared(
  args: SubscriptionArgs,
): Promise<AsyncGenerator<never, undefined> | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  return new Delivery(source[Symbol.asyncIterator]() as AsyncIterator<object, undefined>, args);
}

/**
 * Delivers the results of a stream itself; its consumer sees only the end. Not an async generator, because a generator
 * cannot be closed while it waits.
 */
class Delivery implements AsyncGenerator<never, undefined> {
  readonly #operation: string;

  constructor(
    private readonly source: AsyncIterator<object, undefined>,
    private readonly args: SubscriptionArgs,
  ) {
    const { query, operationName, variableValues, contextValue } = args;
    const { ownerId, isAdmin } = contextValue.viewer;
    this.#operation = JSON.stringify([ownerId, isAdmin, operationName, variableValues, query]);
  }

  async next(): Promise<IteratorResult<never, undefined>> {
    for (;;) {
      const { done, value } = await this.source.next();
      if (done) return { done, value: undefined };
      try {
        await this.args.deliver(await this.#payload(value));
      } catch (error) {
        // `for await` does not close an iterator whose `next` fails.
        await this.return();
        throw error;
      }
    }
  }

  async return(): Promise<IteratorResult<never, undefined>> {
    await this.source.return?.();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<never, undefined>> {
    await this.source.return?.();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #payload(event: object): Promise<Buffer> {
    let ofEvent = payloads.get(event);
    if (!ofEvent) payloads.set(event, (ofEvent = new Map<string, Promise<Buffer>>()));
    let payload = ofEvent.get(this.#operation);
    if (!payload) ofEvent.set(this.#operation, (payload = this.#execute(event)));
    return payload;
  }

  async #execute(event: object): Promise<Buffer> {
    return this.args.serialise(await execute({ ...this.args, rootValue: event }));
  }
}
