import { describe, expect, it } from 'vitest';
import type { Estimate } from '../../src/estimates/estimator.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Answer {
  readonly estimate: {
    readonly estimate: Estimate | null;
    readonly errors: readonly { readonly code: string; readonly field: string | null; readonly message: string }[];
  };
}

const ESTIMATE = `query ($input: CreateSessionInput!) {
  estimate(input: $input) {
    estimate { seconds evaluations memoryBytes availableBytes fits largestSize width height calibrated }
    errors { code field message }
  }
}`;
const CREATE = `mutation ($input: CreateSessionInput!) {
  createSession(input: $input) { session { id width height } errors { code field message } }
}`;
interface Created {
  readonly createSession: { readonly session: object | null; readonly errors: Answer['estimate']['errors'] };
}

async function inputFor(server: TestServer, recipe: object = {}) {
  const [content, style] = await Promise.all([server.upload(64, 48), server.upload(40, 56)]);
  return { contentImageId: content, styles: [{ imageId: style }], preset: 'draft', recipe: { size: 48, ...recipe } };
}

describe('estimate', () => {
  it('estimates a session and writes nothing', async () => {
    const server = await startTestServer();
    const input = await inputFor(server, { steps: 5 });
    const { estimate } = await server.ask<Answer>(ESTIMATE, { input });
    expect(estimate.errors).toEqual([]);
    expect(estimate.estimate).toMatchObject({ width: 48, height: 36, fits: true, calibrated: false });
    expect(estimate.estimate!.evaluations).toBeGreaterThanOrEqual(5);
    expect(estimate.estimate!.seconds).toBeGreaterThan(0);
    expect(estimate.estimate!.memoryBytes).toBeLessThan(estimate.estimate!.availableBytes);
    const longer = await server.ask<Answer>(ESTIMATE, { input: await inputFor(server, { steps: 500 }) });
    expect(longer.estimate.estimate!.seconds).toBeGreaterThan(estimate.estimate!.seconds);
    expect(await server.ask('{ sessions { totalCount } }')).toEqual({ sessions: { totalCount: 0 } });
  });

  it('returns the user errors of createSession', async () => {
    const server = await startTestServer();
    const input = { ...(await inputFor(server, { steps: 0 })), contentImageId: 'img_none', title: 'x'.repeat(201) };
    const { estimate } = await server.ask<Answer>(ESTIMATE, { input });
    const { createSession } = await server.ask<Created>(CREATE, { input });
    expect(estimate.estimate).toBeNull();
    expect(estimate.errors).toHaveLength(3);
    expect(estimate.errors).toEqual(createSession.errors);
  });
});

describe('a session that does not fit into memory', () => {
  it('is refused with the largest size that fits, which is accepted', async () => {
    const server = await startTestServer({ memoryLimitBytes: 400 * 2 ** 20 });
    const input = await inputFor(server, { size: 2048, steps: 1 });
    const { estimate } = (await server.ask<Answer>(ESTIMATE, { input })).estimate;
    expect(estimate).toMatchObject({ fits: false, availableBytes: 400 * 2 ** 20 });
    const refusal = (await server.ask<Created>(CREATE, { input })).createSession;
    expect(refusal.session).toBeNull();
    expect(refusal.errors).toMatchObject([{ code: 'TOO_LARGE_FOR_MEMORY', field: 'recipe.size' }]);
    const size = estimate!.largestSize!;
    expect(refusal.errors[0]!.message).toContain(` ${size}.`);

    const create = async (recipe: object) =>
      (await server.ask<Created>(CREATE, { input: { ...input, recipe } })).createSession;
    expect((await create({ size: size + 1, steps: 1 })).errors).toHaveLength(1);
    expect(await create({ size, steps: 1 })).toMatchObject({ session: { width: size }, errors: [] });
  });

  it('is refused because of a style’s scale', async () => {
    const server = await startTestServer({ memoryLimitBytes: 400 * 2 ** 20 });
    const input = await inputFor(server, { size: 300 });
    expect((await server.ask<Answer>(ESTIMATE, { input })).estimate.estimate).toMatchObject({ fits: true });
    const styles = [{ ...input.styles[0], scale: 4 }];
    const { errors } = (await server.ask<Created>(CREATE, { input: { ...input, styles } })).createSession;
    expect(errors).toMatchObject([{ code: 'TOO_LARGE_FOR_MEMORY', field: 'recipe.size' }]);
  });

  it('is refused at every size if no size fits', async () => {
    const server = await startTestServer({ memoryLimitBytes: 2 ** 20 });
    const input = await inputFor(server);
    const { estimate } = (await server.ask<Answer>(ESTIMATE, { input })).estimate;
    expect(estimate).toMatchObject({ fits: false, largestSize: null });
    const { errors } = (await server.ask<Created>(CREATE, { input })).createSession;
    expect(errors).toMatchObject([{ code: 'TOO_LARGE_FOR_MEMORY', field: 'recipe.size' }]);
  });
});
