import { createClient, type SubscribePayload } from 'graphql-ws';
import type { SubscriptionForwarder } from '@urql/preact';
import { authorization, lock } from './key';
import { Store } from './store';

/** `idle` where nothing is followed; `lost` from the loss of the connection until it is back. */
export type Connection = 'idle' | 'open' | 'lost';

export const connection = new Store<Connection>('idle');

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;
const PING_EVERY_MS = 10_000;
const PONG_WITHIN_MS = 5000;
/** Going from page to page keeps the connection. */
const LINGER_MS = 3000;
const CLOSED_IN_GOOD_ORDER = 1000;
/** No key, or one that does not hold. */
const REFUSED = [4401, 4403];

let pongTimer: ReturnType<typeof setTimeout> | undefined;

const client = createClient({
  url: () => `${location.origin.replace('http', 'ws')}/graphql`,
  connectionParams: authorization,
  lazyCloseTimeout: LINGER_MS,
  keepAlive: PING_EVERY_MS,
  retryAttempts: Infinity,
  // A server that restarts or a network that is gone: both come back.
  shouldRetry: () => true,
  retryWait: (retries) => retryMoment(Math.min(FIRST_WAIT_MS * 2 ** retries, LONGEST_WAIT_MS)),
  on: {
    connected: () => connection.set('open'),
    closed: (event) => {
      clearTimeout(pongTimer);
      const { code } = event as CloseEvent;
      if (REFUSED.includes(code)) lock();
      connection.set(code === CLOSED_IN_GOOD_ORDER ? 'idle' : 'lost');
    },
    ping: (received) => {
      // A dead connection says nothing, not even that it is dead.
      if (!received) pongTimer = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
    },
    pong: (received) => {
      if (received) clearTimeout(pongTimer);
    },
  },
});

// The browser knows at once what the ping would find out in seconds.
addEventListener('offline', () => client.terminate());

/** After some time, or as soon as the browser is online again. */
function retryMoment(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(go, ms);
    addEventListener('online', go, { once: true });
    function go() {
      clearTimeout(timer);
      removeEventListener('online', go);
      resolve();
    }
  });
}

/**
 * Carries subscriptions over the socket. graphql-ws sends the same payload again after a lost connection; `afterSeq` in
 * it is kept at the last record that came, so the server replays what was missed.
 */
export const forwardSubscription: SubscriptionForwarder = ({ query, variables }) => ({
  subscribe(sink) {
    const present: Record<string, unknown> = { ...variables };
    const payload: SubscribePayload = { query: query!, variables: present };
    const unsubscribe = client.subscribe<Record<string, { seq?: number } | null>>(payload, {
      next: (result) => {
        const seq = result.data?.sessionProgress?.seq;
        if (seq !== undefined) present.afterSeq = seq;
        sink.next(result as never);
      },
      error: (error) => sink.error(error),
      complete: () => sink.complete(),
    });
    return { unsubscribe };
  },
});
