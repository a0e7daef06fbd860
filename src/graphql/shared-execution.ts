import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Viewer } from '../core/viewer.js';

/** A subscription to be answered: as graphql's arguments, with what is needed to answer many of them at once. */
export interface SubscriptionArgs extends ExecutionArgs {
  /** The text that the document was parsed from. */
  readonly query: string;
  readonly contextValue: { readonly viewer: Viewer };
  /** Makes an answer what a client may see of it, in JSON. */
  readonly serialise: (answer: ExecutionResult) => Buffer;
  /** Sends a serialised answer to the subscriber; resolves once its connection can take the next one. */
  readonly deliver: (answer: Buffer) => Promise<void>;
}

/** Answers that are under way or done, by the event that they are about, then by the question. */
const answers = new WeakMap<object, Map<string, Promise<Buffer>>>();

/**
 * In place of graphql's `subscribe`: an event that reaches many subscribers is answered, and its answer serialised, once for
 * all who ask the same about it: same document, variables and viewer. Whether a subscriber may have the events is decided for
 * each when its stream is opened; what an event shows depends on the viewer at most, so nobody gets what was made for
 * somebody else.
 *
 * A source shares an event by giving out one object; it gives each subscriber one of its own where the answer could be older
 * than the question.
 */
export async function subscribeShared(
  args: SubscriptionArgs,
): Promise<AsyncGenerator<never, undefined> | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  return new Delivery(source[Symbol.asyncIterator]() as AsyncIterator<object, undefined>, args);
}

/**
 * Delivers a stream's answers by itself; whoever iterates it sees only its end. Not an async generator: those cannot be
 * closed while they wait.
 */
class Delivery implements AsyncGenerator<never, undefined> {
  readonly #question: string;

  constructor(
    private readonly source: AsyncIterator<object, undefined>,
    private readonly args: SubscriptionArgs,
  ) {
    const { query, operationName, variableValues, contextValue } = args;
    const { ownerId, isAdmin } = contextValue.viewer;
    this.#question = JSON.stringify([ownerId, isAdmin, operationName, variableValues, query]);
  }

  async next(): Promise<IteratorResult<never, undefined>> {
    for (;;) {
      const { done, value } = await this.source.next();
      if (done) return { done, value: undefined };
      await this.args.deliver(await this.#answer(value));
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

  #answer(event: object): Promise<Buffer> {
    let about = answers.get(event);
    if (!about) answers.set(event, (about = new Map<string, Promise<Buffer>>()));
    let answer = about.get(this.#question);
    if (!answer) about.set(this.#question, (answer = this.#make(event)));
    return answer;
  }

  async #make(event: object): Promise<Buffer> {
    return this.args.serialise(await execute({ ...this.args, rootValue: event }));
  }
}
