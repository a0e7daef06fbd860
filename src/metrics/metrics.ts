import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SessionObserver } from '../progress/observer.js';
import type { SessionStatus } from '../storage/types.js';

/** How long an answer to an HTTP request took. All labels come from closed lists. */
export interface HttpObservation {
  readonly method: string;
  /** The route's pattern, such as `/images/:id`; never the path. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** How long a GraphQL operation took; of a subscription, until its stream was open. */
export interface GraphqlObservation {
  readonly transport: 'http' | 'socket';
  /** `unknown` where it was refused before that was known. */
  readonly type: 'query' | 'mutation' | 'subscription' | 'unknown';
  readonly outcome: 'ok' | 'error';
  readonly seconds: number;
}

/** What is read when somebody asks for the metrics. */
export interface MetricSources {
  countSessions(status: SessionStatus): Promise<number>;
  imageBytes(): Promise<number>;
  progressSubscribers(): number;
  feedSubscribers(): number;
  /** Since the start. */
  skippedProgress(): number;
  sockets(): number;
}

const STATUSES: readonly SessionStatus[] = ['QUEUED', 'RUNNING', 'PAUSED', 'COMPLETED', 'CANCELLED', 'FAILED'];
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'OPTIONS'];
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the server tells Prometheus. In a registry of its own, so that several servers can be in one process. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #http = new Histogram({
    name: 'easel_http_request_duration_seconds',
    help: 'Time until an HTTP answer was sent, by method, route pattern and class of status.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: REQUEST_SECONDS,
    registers: [this.#registry],
  });
  readonly #graphql = new Histogram({
    name: 'easel_graphql_operation_duration_seconds',
    help: 'Time until a GraphQL operation was answered (of a subscription: until its stream was open).',
    labelNames: ['transport', 'type', 'outcome'] as const,
    buckets: REQUEST_SECONDS,
    registers: [this.#registry],
  });
  readonly #queueWait = new Histogram({
    name: 'easel_queue_wait_seconds',
    help: 'Time from when a session was queued until a runner first took it up.',
    buckets: [0.1, 1, 5, 15, 60, 300, 900, 3600, 14_400],
    registers: [this.#registry],
  });
  readonly #step = new Histogram({
    name: 'easel_step_seconds',
    help: 'Time of one optimiser step.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.#registry],
  });
  readonly #ended = new Counter({
    name: 'easel_sessions_ended_total',
    help: 'Sessions that ended since the start of the server, by how they ended.',
    labelNames: ['status'] as const,
    registers: [this.#registry],
  });

  constructor(defaults = true) {
    if (defaults) collectDefaultMetrics({ register: this.#registry });
  }

  /** Hears of what happens to sessions. */
  readonly sessions: SessionObserver = {
    changed: ({ status, step, queuedAt }, before) => {
      // Only its title or tags.
      if (status === before) return;
      if (status === 'RUNNING' && step === 0) {
        this.#queueWait.observe(Math.max(0, (Date.now() - queuedAt.getTime()) / 1000));
      }
      if (status === 'COMPLETED' || status === 'CANCELLED' || status === 'FAILED') this.#ended.inc({ status });
    },
    stepped: (_session, { elapsedMs }, before) => {
      if (before) this.#step.observe(Math.max(0, (elapsedMs - before.elapsedMs) / 1000));
    },
  };

  observeHttp({ method, route, status, seconds }: HttpObservation): void {
    const labels = {
      method: METHODS.includes(method) ? method : 'other',
      route,
      status: `${Math.floor(status / 100)}xx`,
    };
    this.#http.observe(labels, seconds);
  }

  observeGraphql({ seconds, ...labels }: GraphqlObservation): void {
    this.#graphql.observe(labels, seconds);
  }

  /** Adds what is read from its place whenever somebody asks. */
  read(sources: MetricSources): void {
    const registers = [this.#registry];
    new Gauge({
      name: 'easel_sessions',
      help: 'Sessions by status.',
      labelNames: ['status'] as const,
      registers,
      async collect() {
        for (const status of STATUSES) this.set({ status }, await sources.countSessions(status));
      },
    });
    new Gauge({
      name: 'easel_subscribers',
      help: 'Open streams, by subscription.',
      labelNames: ['subscription'] as const,
      registers,
      collect() {
        this.set({ subscription: 'sessionProgress' }, sources.progressSubscribers());
        this.set({ subscription: 'sessionsChanged' }, sources.feedSubscribers());
      },
    });
    new Gauge({
      name: 'easel_websockets',
      help: 'Open WebSocket connections.',
      registers,
      collect() {
        this.set(sources.sockets());
      },
    });
    new Gauge({
      name: 'easel_image_bytes',
      help: 'Bytes of all stored pictures, each counted once.',
      registers,
      async collect() {
        this.set(await sources.imageBytes());
      },
    });
    new Counter({
      name: 'easel_progress_skipped_total',
      help: 'Step records that subscribers were not sent because newer ones overtook them.',
      registers,
      collect() {
        this.reset();
        this.inc(sources.skippedProgress());
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
