import { describe, expect, it } from 'vitest';
import { startGuarded } from '../auth/support.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { get } from './support.js';

/** The value of one series, such as `easel_sessions{status="RUNNING"}`; undefined if it is missing. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('GET /metrics', () => {
  it('reports sessions, subscriptions, steps, images and responses', async () => {
    const server = await startTestServer();
    const id = await server.createSession({ steps: 40 });
    const events = server.connect().iterate({ query: `subscription { sessionProgress(id: "${id}") { seq } }` });
    await events.next();
    const during = await (await fetch(`${server.url}/metrics`)).text();
    expect(valueOf(during, 'easel_subscribers{subscription="sessionProgress"}')).toBe(1);
    expect(valueOf(during, 'easel_subscribers{subscription="sessionsChanged"}')).toBe(0);
    expect(valueOf(during, 'easel_websockets')).toBe(1);
    for await (const { errors } of events) expect(errors).toBeUndefined();
    await fetch(`${server.url}/images/img_none?size=128&signature=abc`);
    await fetch(`${server.url}/nowhere/${id}`);
    await server.send('{ nonsense }');

    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const text = await response.text();
    expect(valueOf(text, 'easel_sessions{status="COMPLETED"}')).toBe(1);
    expect(valueOf(text, 'easel_sessions{status="RUNNING"}')).toBe(0);
    expect(valueOf(text, 'easel_sessions_ended_total{status="COMPLETED"}')).toBe(1);
    expect(valueOf(text, 'easel_queue_wait_seconds_count')).toBe(1);
    expect(valueOf(text, 'easel_step_seconds_count')).toBe(39);
    expect(valueOf(text, 'easel_step_seconds_sum')).toBeGreaterThan(0);
    expect(valueOf(text, 'easel_progress_skipped_total')).toBeGreaterThanOrEqual(0);
    expect(valueOf(text, 'easel_image_bytes')).toBeGreaterThan(1000);
    expect(valueOf(text, 'easel_subscribers{subscription="sessionProgress"}')).toBe(0);
    const http = (labels: string) => valueOf(text, `easel_http_request_duration_seconds_count{${labels}}`);
    expect(http('method="POST",route="/images",status="2xx"')).toBe(2);
    expect(http('method="GET",route="/images/:id",status="4xx"')).toBe(1);
    expect(http('method="GET",route="other",status="4xx"')).toBe(1);
    expect(http('method="GET",route="/metrics",status="2xx"')).toBe(1);
    expect(http('method="POST",route="/graphql",status="2xx"')).toBe(1);
    const graphql = (labels: string) => valueOf(text, `easel_graphql_operation_duration_seconds_count{${labels}}`);
    expect(graphql('transport="http",type="mutation",outcome="ok"')).toBe(1);
    expect(graphql('transport="http",type="unknown",outcome="error"')).toBe(1);
    expect(graphql('transport="socket",type="subscription",outcome="ok"')).toBe(1);
    expect(valueOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
    // No label contains a client's text.
    for (const made of [id, 'nowhere', 'signature', 'nonsense']) expect(text).not.toContain(made);
  });

  it('answers 404 if metrics are off', async () => {
    const server = await startTestServer({ metrics: 'off' });
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  });

  it('is open to local clients without a proxy, and to admins', async () => {
    const { stranger, ada, admin } = await startGuarded();
    const status = async (server: TestServer, headers: Record<string, string> = {}) =>
      (await fetch(`${server.url}/metrics`, { headers: { ...headers, ...server.authorization } })).status;
    const proxied = { 'X-Forwarded-For': '10.0.0.1' };
    expect(await status(stranger)).toBe(200);
    expect(await status(stranger, proxied)).toBe(401);
    expect(await status(ada, proxied)).toBe(403);
    expect(await status(admin, proxied)).toBe(200);
    expect((await get(`${stranger.url}/metrics`, { Origin: 'https://evil.example' })).status).toBe(403);
  });
});
