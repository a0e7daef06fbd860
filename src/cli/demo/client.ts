/** A client like any other front end: plain HTTP for images, GraphQL over HTTP, and a WebSocket for progress. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';

/** The server refused a request. The message is for the person at the terminal. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

export interface ProgressEvent {
  readonly seq: number;
  readonly session: {
    readonly id: string;
    readonly status: string;
    readonly error: { readonly code: string; readonly message: string } | null;
    readonly resultImage: { readonly id: string; readonly width: number; readonly height: number } | null;
  };
  readonly step: number;
  readonly totalSteps: number;
  readonly scale: {
    readonly index: number;
    readonly count: number;
    readonly width: number;
    readonly height: number;
  } | null;
  readonly losses: { readonly total: number; readonly content: number; readonly style: number } | null;
  readonly preview?: { readonly dataUri: string } | null;
  readonly stepsPerSecond: number | null;
  readonly elapsedMs: number;
  readonly etaMs: number | null;
}

export interface CreatedSession {
  readonly id: string;
  readonly network: { readonly name: string; readonly sha256: string; readonly isFallback: boolean };
}

const CREATE = /* GraphQL */ `
  mutation CreateSession($input: CreateSessionInput!) {
    createSession(input: $input) {
      session {
        id
        network {
          name
          sha256
          isFallback
        }
      }
      errors {
        code
        field
        message
      }
    }
  }
`;

const CANCEL = /* GraphQL */ `
  mutation CancelSession($id: ID!) {
    cancelSession(id: $id) {
      errors {
        code
        message
      }
    }
  }
`;

const progressOf = (withPreview: boolean) => /* GraphQL */ `
  subscription Progress($id: ID!) {
    sessionProgress(id: $id, previewMaxSize: 128) {
      seq
      session { id status error { code message } resultImage { id width height } }
      step
      totalSteps
      scale { index count width height }
      losses { total content style }
      ${withPreview ? 'preview { dataUri }' : ''}
      stepsPerSecond
      elapsedMs
      etaMs
    }
  }
`;

export class EaselClient {
  readonly #socket: Client;

  constructor(readonly url: string) {
    this.#socket = createClient({ url: `${url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket });
  }

  /** Uploads an image file; returns its id. */
  async upload(file: string): Promise<string> {
    const bytes = await readFile(file).catch(() => {
      throw new RequestError(`Cannot read ${file}.`);
    });
    const response = await fetch(`${this.url}/images?fileName=${encodeURIComponent(path.basename(file))}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream' },
      body: bytes,
    });
    const answer = (await response.json()) as { image?: { id: string }; error?: { message: string } };
    if (!answer.image) throw new RequestError(`${file}: ${answer.error?.message ?? response.statusText}`);
    return answer.image.id;
  }

  async createSession(input: unknown): Promise<CreatedSession> {
    interface Answer {
      createSession: { session: CreatedSession | null; errors: { field: string | null; message: string }[] };
    }
    const { createSession } = await this.#query<Answer>(CREATE, { input });
    if (!createSession.session) {
      throw new RequestError(
        createSession.errors.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('\n'),
      );
    }
    return createSession.session;
  }

  async cancelSession(id: string): Promise<void> {
    await this.#query(CANCEL, { id });
  }

  /** The live stream. It ends after the event that carries the final status. */
  async *progress(id: string, withPreview: boolean): AsyncGenerator<ProgressEvent> {
    const events = this.#socket.iterate<{ sessionProgress: ProgressEvent }>({
      query: progressOf(withPreview),
      variables: { id },
    });
    for await (const { data, errors } of events) {
      if (errors) throw new RequestError(errors.map(({ message }) => message).join('\n'));
      if (data) yield data.sessionProgress;
    }
  }

  /** Downloads an image in the given format. */
  async download(imageId: string, format: string): Promise<Uint8Array> {
    const response = await fetch(`${this.url}/images/${imageId}?format=${format}`);
    if (!response.ok) {
      throw new RequestError(`Cannot download the result: ${response.status} ${response.statusText}`);
    }
    return new Uint8Array(await response.arrayBuffer());
  }

  async close(): Promise<void> {
    await this.#socket.dispose();
  }

  async #query<T>(query: string, variables: unknown): Promise<T> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: T; errors?: { message: string }[] };
    if (errors || !data) {
      throw new RequestError(errors?.map(({ message }) => message).join('\n') ?? response.statusText);
    }
    return data;
  }
}
