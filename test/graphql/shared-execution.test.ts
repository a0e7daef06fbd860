import { GraphQLBoolean, GraphQLInt, GraphQLObjectType, GraphQLSchema, GraphQLString, parse } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { subscribeShared, type SubscriptionArgs } from '../../src/graphql/shared-execution.js';
import { LOCAL_VIEWER, type Viewer } from '../../src/core/viewer.js';

interface Context {
  readonly viewer: Viewer;
}

/** Number of calls of the resolver. */
let executions = 0;

/** How many sources have been closed. */
let closed = 0;

/** Yields the same objects to every subscriber. */
let events: object[];

beforeEach(() => {
  executions = 0;
  closed = 0;
  events = [{ n: 1 }, { n: 2 }];
});

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { ok: { type: GraphQLBoolean } } }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      tick: {
        type: GraphQLString,
        args: { add: { type: GraphQLInt } },
        subscribe: async function* () {
          try {
            yield* await Promise.resolve(events);
          } finally {
            closed += 1;
          }
        },
        resolve: ({ n }: { n: number }, { add }: { add?: number }, { viewer }: Context) => {
          executions += 1;
          if (add === 99) throw new Error('too much');
          return `${n + (add ?? 0)} for ${viewer.ownerId}`;
        },
      },
    },
  }),
});

interface Subscription {
  readonly viewer?: Viewer;
  readonly query?: string;
  readonly variableValues?: Record<string, unknown>;
  /** Sends a result. */
  readonly send?: () => Promise<void>;
}

/** The payloads that a subscriber receives. */
async function receive(subscription: Subscription = {}) {
  const { viewer = LOCAL_VIEWER, query = 'subscription ($add: Int) { tick(add: $add) }' } = subscription;
  const { variableValues, send = () => Promise.resolve() } = subscription;
  const received: string[] = [];
  const args: SubscriptionArgs = {
    schema,
    query,
    document: parse(query),
    variableValues,
    contextValue: { viewer },
    serialise: (answer) => Buffer.from(JSON.stringify(answer)),
    deliver: (answer) => {
      received.push(answer.toString());
      return send();
    },
  };
  const stream = await subscribeShared(args);
  if (!(Symbol.asyncIterator in stream)) throw new Error('no stream');
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  return received;
}

describe('an event that many subscribers receive', () => {
  it('is executed once for equal operations', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => receive()));
    for (const received of all) {
      expect(received).toEqual(['{"data":{"tick":"1 for local"}}', '{"data":{"tick":"2 for local"}}']);
    }
    expect(executions).toBe(2);
  });

  it('is executed again for another viewer, other variables or another document', async () => {
    const [own, other, more, aliased] = await Promise.all([
      receive(),
      receive({ viewer: { ownerId: 'other', isAdmin: true } }),
      receive({ variableValues: { add: 10 } }),
      receive({ query: 'subscription { t: tick }' }),
    ]);
    expect(own[0]).toBe('{"data":{"tick":"1 for local"}}');
    expect(other[0]).toBe('{"data":{"tick":"1 for other"}}');
    expect(more[0]).toBe('{"data":{"tick":"11 for local"}}');
    expect(aliased[0]).toBe('{"data":{"t":"1 for local"}}');
    await receive({ viewer: { ownerId: 'other', isAdmin: false } });
    expect(executions).toBe(10);
  });

  it('is executed again if it is another object', async () => {
    await receive();
    events = [{ n: 1 }];
    await receive();
    expect(executions).toBe(3);
  });

  it('has execution errors in its payload', async () => {
    const [first] = await receive({ variableValues: { add: 99 } });
    expect(JSON.parse(first!)).toMatchObject({ data: { tick: null }, errors: [{ message: 'too much' }] });
  });
});

it('closes its source when a result cannot be sent', async () => {
  await expect(receive({ send: () => Promise.reject(new Error('the socket is gone')) })).rejects.toThrow(
    'the socket is gone',
  );
  expect(closed).toBe(1);
});
