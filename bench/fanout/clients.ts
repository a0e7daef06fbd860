/** Subscribers: graphql-ws clients, each with its own WebSocket. The parent sends their count, the URL and the query. */
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { now, type ClientOrder, type ClientSample } from './protocol.js';

/** Connections opened concurrently. */
const BATCH = 50;

interface Answer {
  readonly sessionProgress: { readonly seq: number };
}

const clients: Client[] = [];
let receipts: number[] = [];

async function subscribe({ url, query, variables }: ClientOrder): Promise<void> {
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
  clients.push(client);
  await new Promise<void>((resolve, reject) => {
    client.subscribe<Answer>(
      { query, variables },
      {
        next: ({ data, errors }) => {
          if (!data) return reject(new Error(JSON.stringify(errors)));
          receipts.push(data.sessionProgress.seq, now());
          resolve();
        },
        error: reject,
        complete: resolve,
      },
    );
  });
}

process.on('message', (order: ClientOrder | 'sample' | 'leave') => {
  if (order === 'sample') {
    const { user, system } = process.cpuUsage();
    const sample: ClientSample = { receipts: Float64Array.from(receipts), cpuMs: (user + system) / 1000 };
    receipts = [];
    process.send!(sample);
  } else if (order === 'leave') {
    void Promise.all(clients.splice(0).map((client) => client.dispose())).then(() => process.send!('left'));
  } else {
    void (async () => {
      for (let begun = 0; begun < order.count; begun += BATCH) {
        await Promise.all(Array.from({ length: Math.min(BATCH, order.count - begun) }, () => subscribe(order)));
      }
      process.send!('subscribed');
    })();
  }
});
