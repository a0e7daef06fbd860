/** What the transports report to the metrics. */

/** One answered HTTP request. */
export interface HttpObservation {
  readonly method: string;
  /** The route's pattern, such as `/images/:id`; never the path, so that the label has few values. `other` without a route. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** One GraphQL operation. */
export interface GraphqlObservation {
  readonly transport: 'http' | 'socket';
  /** `unknown` if the operation was refused before it was parsed. */
  readonly type: 'query' | 'mutation' | 'subscription' | 'unknown';
  readonly outcome: 'ok' | 'error';
  /** Until the response; for a subscription, until its stream is open. */
  readonly seconds: number;
}
