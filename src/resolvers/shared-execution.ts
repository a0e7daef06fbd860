import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Viewer } from '../sessions/viewer.js';

/** What a subscription is made of: as graphql's, with the text that the document was parsed from. */
export interface SubscriptionArgs extends ExecutionArgs {
  readonly query: string;
  readonly contextValue: { readonly viewer: Viewer };
}

/** Answers that are under way or done, by the event that they are about, then by the question. */
const answers = new WeakMap<object, Map<string, Promise<ExecutionResult>>>();

/**
 * graphql's `subscribe`, but an event that reaches many subscribers is answered once for all who ask the same about it: same
 * document, variables and viewer. Whether a subscriber may have the events is decided for each when its stream is opened;
 * what an event shows depends on the viewer at most, so nobody gets what was made for somebody else.
 *
 * A source shares an event by giving out one object; it gives each subscriber one of its own where the answer could be older
 * than the question.
 */
export async function subscribeShared(
  args: SubscriptionArgs,
): Promise<AsyncGenerator<ExecutionResult, undefined> | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  return new AnswerStream(source[Symbol.asyncIterator]() as AsyncIterator<object, undefined>, args);
}

/** Not an async generator: those cannot be closed while they wait. */
class AnswerStream implements AsyncGenerator<ExecutionResult, undefined> {
  readonly #question: string;

  constructor(
    private readonly source: AsyncIterator<object, undefined>,
    private readonly args: SubscriptionArgs,
  ) {
    const { query, operationName, variableValues, contextValue } = args;
    const { ownerId, isAdmin } = contextValue.viewer;
    this.#question = JSON.stringify([ownerId, isAdmin, operationName, variableValues, query]);
  }

  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    const { done, value } = await this.source.next();
    return done ? { done, value: undefined } : { done: false, value: await this.#answer(value) };
  }

  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    await this.source.return?.();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult, undefined>> {
    await this.source.return?.();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #answer(event: object): Promise<ExecutionResult> {
    let about = answers.get(event);
    if (!about) answers.set(event, (about = new Map<string, Promise<ExecutionResult>>()));
    let answer = about.get(this.#question);
    if (!answer) {
      answer = Promise.resolve(execute({ ...this.args, rootValue: event }));
      about.set(this.#question, answer);
    }
    return answer;
  }
}
