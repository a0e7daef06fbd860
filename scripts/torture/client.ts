/** What torture scripts ask of a server, as any front-end would. */
import sharp from 'sharp';

export interface SessionState {
  readonly id: string;
  readonly status: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly resultUrl: string | null;
}

export interface Answer<T> {
  readonly status: number;
  readonly data: T | null;
  readonly errors: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const SESSION = 'id status step totalSteps error { code message } resultUrl(format: PNG)';

/** One server, whatever becomes of it: a request that gets no answer throws. */
export class Client {
  constructor(private readonly url: string) {}

  async ask<T = Record<string, unknown>>(query: string, variables: Record<string, unknown> = {}): Promise<Answer<T>> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors = [] } = (await response.json()) as { data?: T; errors?: Answer<T>['errors'] };
    return { status: response.status, data: data ?? null, errors };
  }

  /** The data; throws where there are errors. */
  async data<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const { data, errors, status } = await this.ask<T>(query, variables);
    if (!data || errors.length > 0) throw new Error(`${status} ${JSON.stringify(errors)}`);
    return data;
  }

  async upload(bytes: Uint8Array): Promise<{ status: number; id: string | null; code: string | null }> {
    const body = new Blob([new Uint8Array(bytes)]);
    const headers = { 'Content-Type': 'application/octet-stream' };
    const response = await fetch(`${this.url}/images`, { method: 'POST', headers, body });
    const { image, error } = (await response.json()) as { image?: { id: string }; error?: { code: string } };
    return { status: response.status, id: image?.id ?? null, code: error?.code ?? null };
  }

  async fetch(path: string): Promise<Response> {
    return await fetch(new URL(path, this.url));
  }

  /** Queues a session and returns its id; throws where it is refused. */
  async create(contentImageId: string, styleImageId: string, recipe: object, key?: string): Promise<string> {
    const input = { contentImageId, styles: [{ imageId: styleImageId }], preset: 'draft', recipe, idempotencyKey: key };
    const { createSession } = await this.data<{
      createSession: { session: { id: string } | null; errors: readonly unknown[] };
    }>(
      'mutation ($input: CreateSessionInput!) { createSession(input: $input) { session { id } errors { code message } } }',
      {
        input,
      },
    );
    if (!createSession.session) throw new Error(JSON.stringify(createSession.errors));
    return createSession.session.id;
  }

  /** Does something to a session: `pauseSession`, `deleteSession` and so on. Returns the codes of its errors. */
  async act(mutation: string, id: string, rest = ''): Promise<string[]> {
    const data = await this.data<Record<string, { errors: readonly { code: string }[] }>>(
      `mutation ($id: ID!) { ${mutation}(id: $id${rest}) { errors { code } } }`,
      { id },
    );
    return data[mutation]!.errors.map(({ code }) => code);
  }

  async session(id: string): Promise<SessionState | null> {
    return (
      await this.data<{ session: SessionState | null }>(`query ($id: ID!) { session(id: $id) { ${SESSION} } }`, { id })
    ).session;
  }

  /** The whole loss curve. */
  async curve(id: string): Promise<{ seq: number; step: number }[]> {
    const points: { seq: number; step: number }[] = [];
    for (;;) {
      const { session } = await this.data<{ session: { lossCurve: { seq: number; step: number }[] } }>(
        'query ($id: ID!, $after: Int!) { session(id: $id) { lossCurve(afterSeq: $after, first: 2000) { seq step } } }',
        { id, after: points.at(-1)?.seq ?? 0 },
      );
      if (session.lossCurve.length === 0) return points;
      points.push(...session.lossCurve);
    }
  }

  async storage(): Promise<{ blobs: number; checkpoints: number; images: number }> {
    return (
      await this.data<{ storage: { blobs: number; checkpoints: number; images: number } }>(
        '{ storage { blobs checkpoints images } }',
      )
    ).storage;
  }

  async isReady(): Promise<boolean> {
    return await this.fetch('/readyz').then(
      ({ status }) => status === 200,
      () => false,
    );
  }
}

const TERMINAL = ['COMPLETED', 'CANCELLED', 'FAILED'];
export const isTerminal = ({ status }: SessionState) => TERMINAL.includes(status);

/** A small image that no other is like. */
export async function randomImage(width = 64, height = 48): Promise<Buffer> {
  const channel = () => Math.floor(Math.random() * 256);
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  return await sharp({
    create: { width, height, channels: 3, background: { r: channel(), g: channel(), b: channel() }, noise },
  })
    .png()
    .toBuffer();
}

/** A whole number from `min` to `max`. */
export function random(min: number, max: number): number {
  return min + Math.floor(Math.random() * (max - min + 1));
}

export function pick<T>(from: readonly T[]): T {
  return from[random(0, from.length - 1)]!;
}
