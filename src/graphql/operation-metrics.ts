import type { ApolloServerPlugin } from '@apollo/server';
import { getOperationAST, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { GraphqlObservation } from '../core/observations.js';
import type { GraphqlContext } from '../resolvers/context.js';

export type ObserveOperation = (observation: GraphqlObservation) => void;

/** Reports every operation over HTTP. */
export function observeHttpOperations(observe: ObserveOperation): ApolloServerPlugin<GraphqlContext> {
  return {
    requestDidStart: () => {
      const start = performance.now();
      return Promise.resolve({
        willSendResponse: ({ operation, response: { body } }) => {
          const failed = body.kind === 'single' && (body.singleResult.errors?.length ?? 0) > 0;
          observe({
            transport: 'http',
            type: operation?.operation ?? 'unknown',
            outcome: failed ? 'error' : 'ok',
            seconds: (performance.now() - start) / 1000,
          });
          return Promise.resolve();
        },
      });
    },
  };
}

/** Executes an operation over WebSocket and reports it. */
export async function observeSocketOperation<T extends object>(
  observe: ObserveOperation,
  { document, operationName }: ExecutionArgs,
  work: () => T | Promise<T>,
): Promise<T> {
  const start = performance.now();
  const result = await work();
  observe({
    transport: 'socket',
    type: getOperationAST(document, operationName)?.operation ?? 'unknown',
    outcome: (result as ExecutionResult).errors ? 'error' : 'ok',
    seconds: (performance.now() - start) / 1000,
  });
  return result;
}
