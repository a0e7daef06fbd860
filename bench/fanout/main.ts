/**
 * `npm run bench:fanout [-- --subscribers 1000 --seconds 20 --rounds 3 --data-uri]`: measures many subscribers of
 * one running session. Rounds without and with subscribers alternate, so a busy machine slows both.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ClientOrder, ClientSample, Published, ServerSample } from './protocol.js';

const { values } = parseArgs({
  options: {
    subscribers: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '15' },
    rounds: { type: 'string', default: '2' },
    /** Target duration of a step, milliseconds; it determines the size of the images. */
    step: { type: 'string', default: '100' },
    threads: { type: 'string', default: String(Math.max(1, os.availableParallelism() - 1)) },
    'no-previews': { type: 'boolean', default: false },
    'data-uri': { type: 'boolean', default: false },
    /** More arguments of the server's Node, such as `--cpu-prof`. */
    node: { type: 'string', default: '' },
  },
});
const subscribers = Number(values.subscribers);
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

const data = await mkdtemp(path.join(os.tmpdir(), 'easel-fanout-'));
const server = fork(here('server.ts'), [], {
  execArgv: ['--import', 'tsx', ...values.node.split(' ').filter(Boolean)],
  serialization: 'advanced',
  env: {
    ...process.env,
    EASEL_PORT: '0',
    EASEL_DATA: data,
    EASEL_CACHE: data,
    EASEL_WEIGHTS_URL: 'offline',
    EASEL_THREADS: values.threads,
    EASEL_BACKEND: 'onnx-cpu',
    EASEL_CALIBRATE: 'off',
    EASEL_LOG_LEVEL: 'warn',
  },
});
const clients = fork(here('clients.ts'), [], { execArgv: ['--import', 'tsx'], serialization: 'advanced' });

// Real subscribers run on other machines; here they get only the time that the server and the engine leave.
os.setPriority(clients.pid!, os.constants.priority.PRIORITY_LOW);

async function answer<T>(child: ChildProcess, message?: ClientOrder | 'sample' | 'leave'): Promise<T> {
  const answered = once(child, 'message');
  if (message !== undefined) child.send(message);
  return (await answered)[0] as T;
}

async function bench(url: string): Promise<void> {
  const images = await Promise.all(['landscape', 'swirls'].map((name) => upload(url, name)));
  const size = await findSize(url, images);
  const id = await create(url, images, size);
  await published(50);
  const order: ClientOrder = {
    url: `${url.replace('http', 'ws')}/graphql`,
    query: `subscription ($id: ID!) {
      sessionProgress(id: $id, previewMaxSize: 256) {
        seq step totalSteps etaMs stepsPerSecond gap
        session { status }
        losses { total content style }
        ${values['no-previews'] ? '' : `preview { seq url width height ${values['data-uri'] ? 'dataUri' : ''} }`}
      }
    }`,
    variables: { id },
    count: subscribers,
  };
  console.log(
    `${os.cpus()[0]!.model}, ${os.availableParallelism()} cores, load ${os.loadavg()[0]!.toFixed(1)}, Node ${process.version}; ` +
      `${subscribers} subscribers, previews ${values['data-uri'] ? 'as data URIs' : 'by URL'}, ` +
      `a session of ${size} px, ${values.threads} engine thread(s)`,
  );
  const rows = [];
  const alone: number[] = [];
  const watched: number[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const without = await measure();
    await answer(clients, order);
    // Leave the cost of connecting out.
    await measure(1);
    const during = await measure();
    await answer(clients, 'leave');
    alone.push(stepMs(without.server.published));
    watched.push(stepMs(during.server.published));
    rows.push(row(without, during));
  }
  console.table(rows);
  const ratio = alone.map((ms, round) => watched[round]! / ms).toSorted((a, b) => a - b);
  console.log(`engine step with subscribers over without, median of rounds: ${median(ratio).toFixed(3)}`);
}

/** Median of sorted values. */
function median(values: readonly number[]): number {
  return (values[(values.length - 1) >> 1]! + values[values.length >> 1]!) / 2;
}

interface Measurement {
  readonly server: ServerSample;
  readonly clients: ClientSample;
  readonly serverCpuMs: number;
  readonly clientsCpuMs: number;
  readonly wallMs: number;
}

/** Samples both processes before and after a time. */
async function measure(seconds = Number(values.seconds)): Promise<Measurement> {
  const [server0, clients0] = await sample();
  const start = performance.now();
  await sleep(seconds * 1000);
  const [server1, clients1] = await sample();
  return {
    server: server1,
    clients: clients1,
    serverCpuMs: server1.cpuMs - server0.cpuMs,
    clientsCpuMs: clients1.cpuMs - clients0.cpuMs,
    wallMs: performance.now() - start,
  };
}

const sample = () => Promise.all([answer<ServerSample>(server, 'sample'), answer<ClientSample>(clients, 'sample')]);

function row(without: Measurement, during: Measurement) {
  const times = new Map(during.server.published.map(({ seq, at }) => [seq, at]));
  const latencies: number[] = [];
  const { receipts } = during.clients;
  for (let index = 0; index < receipts.length; index += 2) {
    const at = times.get(receipts[index]!);
    if (at !== undefined) latencies.push(receipts[index + 1]! - at);
  }
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? NaN;
  const due = times.size * subscribers;
  return {
    'events/s': ((1000 * times.size) / during.wallMs).toFixed(1),
    'p50 ms': at(0.5).toFixed(1),
    'p99 ms': at(0.99).toFixed(1),
    'delivered %': ((100 * latencies.length) / due).toFixed(1),
    'RSS growth MB': (during.server.rssMb - without.server.rssMb).toFixed(0),
    'server us/event': ((1000 * (during.serverCpuMs - without.serverCpuMs)) / latencies.length).toFixed(1),
    'server core %': ((100 * during.serverCpuMs) / during.wallMs).toFixed(0),
    'clients core %': ((100 * during.clientsCpuMs) / during.wallMs).toFixed(0),
    'step alone ms': stepMs(without.server.published).toFixed(1),
    'step watched ms': stepMs(during.server.published).toFixed(1),
  };
}

/** Mean duration of a step, milliseconds. */
function stepMs(records: readonly Published[]): number {
  const [first, last] = [records[0]!, records.at(-1)!];
  return (last.elapsedMs - first.elapsedMs) / (last.seq - first.seq);
}

/** The size, pixels, at which a step takes about `--step` milliseconds. */
async function findSize(url: string, images: readonly string[]): Promise<number> {
  const trial = 128;
  const id = await create(url, images, trial);
  const records = await published(20);
  await ask(url, 'mutation ($id: ID!) { cancelSession(id: $id) { errors { code } } }', { id });
  const size = trial * Math.sqrt(Number(values.step) / stepMs(records.slice(5)));
  return Math.max(64, Math.round(size / 16) * 16);
}

/** Waits for `count` new records. */
async function published(count: number): Promise<Published[]> {
  const records: Published[] = [];
  await answer(server, 'sample');
  while (records.length < count) {
    await sleep(100);
    records.push(...(await answer<ServerSample>(server, 'sample')).published);
  }
  return records;
}

async function create(url: string, [contentImageId, imageId]: readonly string[], size: number): Promise<string> {
  const recipe = { size, minScale: size, steps: 10_000, optimizer: 'ADAM', learningRate: 0.02, history: null };
  const input = { contentImageId, styles: [{ imageId }], preset: 'draft', recipe };
  const query =
    'mutation ($input: CreateSessionInput!) { createSession(input: $input) { session { id } errors { message } } }';
  const { createSession } = await ask<{ createSession: { session: { id: string } | null; errors: object[] } }>(
    url,
    query,
    { input },
  );
  if (!createSession.session) throw new Error(JSON.stringify(createSession.errors));
  return createSession.session.id;
}

async function upload(url: string, name: string): Promise<string> {
  const body = new Uint8Array(await readFile(here(`../../samples/${name}.jpg`)));
  const response = await fetch(`${url}/images`, { method: 'POST', headers: { 'Content-Type': 'image/jpeg' }, body });
  return ((await response.json()) as { image: { id: string } }).image.id;
}

async function ask<T>(url: string, query: string, variables: object): Promise<T> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: T | null; errors?: object[] };
  if (!data) throw new Error(JSON.stringify(errors));
  return data;
}

try {
  const { url } = await answer<{ url: string }>(server);
  await bench(url);
} finally {
  server.disconnect();
  clients.disconnect();
  await once(server, 'exit');
  await rm(data, { recursive: true, force: true });
}
