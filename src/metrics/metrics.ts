import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { GraphqlObservation, HttpObservation } from '../core/observations.js';
import type { SessionStatus } from '../core/status.js';
import type { SessionFeed } from '../progress/feed.js';
import type { ProgressHub } from '../progress/hub.js';
import type { SessionObserver } from '../progress/observer.js';
import type { Storage } from '../storage/index.js';

/** Read on every request for the metrics. */
export interface MetricSources {
  readonly storage: Pick<Storage, 'sessions' | 'images'>;
  readonly hub: Pick<ProgressHub, 'subscriberCount' | 'skippedCount'>;
  readonly feed: Pick<SessionFeed, 'subscriberCount'>;
  readonly sockets: { readonly socketCount: number };
}

const STATUSES: readonly SessionStatus[] = ['QUEUED', 'RUNNING', 'PAUSED', 'COMPLETED', 'CANCELLED', 'FAILED'];
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'OPTIONS'];
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The server's Prometheus metrics, in their own registry, so that several servers can run in one process. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #http = new Histogram({
    name: 'easel_http_request_duration_seconds',
    help: 'Time until an HTTP response was sent, by method, route pattern and class of status.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: REQUEST_SECONDS,
    registers: [this.#registry],
  });
  readonly #graphql = new Histogram({
    name: 'easel_graphql_operation_duration_seconds',
    help: 'Time until the response to a GraphQL operation (for a subscription: until its stream was open).',
    labelNames: ['transport', 'type', 'outcome'] as const,
    buckets: REQUEST_SECONDS,
    registers: [this.#registry],
  });
  readonly #queueWait = new Histogram({
    name: 'easel_queue_wait_seconds',
    help: 'Time from queueing a session until its first claim.',
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
    help: 'Sessions that ended since the start of the server, by final status.',
    labelNames: ['status'] as const,
    registers: [this.#registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Observes all sessions. */
  readonly sessions: SessionObserver = {
    changed: ({ status, step, queuedAt }, before) => {
      // Only the title or the tags changed.
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

  /** Adds the metrics that are read on every request. */
  read({ storage, hub, feed, sockets }: MetricSources): void {
    const registers = [this.#registry];
    new Gauge({
      name: 'easel_sessions',
      help: 'Sessions by status.',
      labelNames: ['status'] as const,
      registers,
      async collect() {
        for (const status of STATUSES) this.set({ status }, await storage.sessions.count({ statuses: [status] }));
      },
    });
    new Gauge({
      name: 'easel_subscribers',
      help: 'Open streams, by subscription.',
      labelNames: ['subscription'] as const,
      registers,
      collect() {
        this.set({ subscription: 'sessionProgress' }, hub.subscriberCount);
        this.set({ subscription: 'sessionsChanged' }, feed.subscriberCount);
      },
    });
    new Gauge({
      name: 'easel_websockets',
      help: 'Open WebSocket connections.',
      registers,
      collect() {
        this.set(sockets.socketCount);
      },
    });
    new Gauge({
      name: 'easel_image_bytes',
      help: 'Bytes of all stored images, without duplicates.',
      registers,
      async collect() {
        this.set(await storage.images.storedBytes());
      },
    });
    new Counter({
      name: 'easel_progress_skipped_total',
      help: 'Step records that were not sent to a subscriber because a newer one was available.',
      registers,
      collect() {
        this.reset();
        this.inc(hub.skippedCount);
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in the Prometheus text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
