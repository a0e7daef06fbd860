import { readdir, readFile } from 'node:fs/promises';
import { Kind, parse, TokenKind, type FieldNode, type OperationDefinitionNode } from 'graphql';
import type { Client } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { getSchema } from '../../src/resolvers/schema.js';
import { photo } from '../storage/image-files.js';
import { startTestServer, type GraphqlAnswer, type TestServer } from '../support/server.js';

const FOLDER = new URL('../../docs/graphql/', import.meta.url);

interface Operation {
  readonly file: string;
  /** Source text of the file. */
  readonly query: string;
  readonly operationName: string;
  readonly definition: OperationDefinitionNode;
}

const OPERATIONS: Operation[] = (
  await Promise.all(
    (await readdir(FOLDER)).map(async (file) => {
      const query = await readFile(new URL(file, FOLDER), 'utf8');
      return parse(query).definitions.map((definition) => {
        if (definition.kind !== Kind.OPERATION_DEFINITION) throw new Error(`${file} holds more than operations`);
        return { file, query, operationName: definition.name!.value, definition };
      });
    }),
  )
).flat();

/** Root fields of an operation, such as `query session`. */
function rootFields({ definition: { operation, selectionSet } }: Operation): string[] {
  return selectionSet.selections.map((field) => `${operation} ${(field as FieldNode).name.value}`);
}

describe('docs/graphql', () => {
  it('describes every operation in a comment', () => {
    const bare = OPERATIONS.filter(({ definition }) => definition.loc!.startToken.prev!.kind !== TokenKind.COMMENT);
    expect(bare.map(({ operationName }) => operationName)).toEqual([]);
  });

  it('has an operation for every root field, each with a unique name', () => {
    const schema = getSchema();
    const all = [schema.getQueryType()!, schema.getMutationType()!, schema.getSubscriptionType()!].flatMap((type) =>
      Object.keys(type.getFields()).map((field) => `${type.name.toLowerCase()} ${field}`),
    );
    expect(all.length).toBeGreaterThan(30);
    expect([...new Set(OPERATIONS.flatMap(rootFields))].sort()).toEqual(all.sort());
    expect(new Set(OPERATIONS.map(({ operationName }) => operationName)).size).toBe(OPERATIONS.length);
  });

  it('has operations that succeed', async () => {
    const server = await startTestServer();
    const asked = new Set<string>();
    const run = async <T>(name: string, variables: Record<string, unknown> = {}): Promise<T> => {
      asked.add(name);
      return await ask<T>(server, operation(name), variables);
    };
    await useEverything(server, run, asked);
    expect(OPERATIONS.map(({ operationName }) => operationName).filter((name) => !asked.has(name))).toEqual([]);
  });
});

function operation(name: string): Operation {
  const found = OPERATIONS.find(({ operationName }) => operationName === name);
  if (!found) throw new Error(`docs/graphql has no ${name}`);
  return found;
}

type Run = <T>(name: string, variables?: Record<string, unknown>) => Promise<T>;

interface Change {
  readonly sessionsChanged: { readonly change: string; readonly id: string };
}

/** Executes every operation: from the first upload to the deletion of the last session. */
async function useEverything(server: TestServer, run: Run, asked: Set<string>): Promise<void> {
  const client = server.connect();
  const stream = <T>(name: string, variables: Record<string, unknown> = {}) => {
    asked.add(name);
    return streamOf<T>(client, operation(name), variables);
  };

  expect(await run('Viewer')).toEqual({ viewer: { ownerId: 'local', role: 'ADMIN' } });
  expect(await run('Engine')).toMatchObject({ engine: { networks: expect.any(Array) as unknown } });
  expect(await run('Presets')).toMatchObject({ presets: [{ name: 'balanced' }, {}, {}, {}, {}, {}] });
  const contentImageId = await upload(server, asked);
  expect(await run('Image', { id: contentImageId })).toMatchObject({ image: { width: 64, height: 48 } });
  const styles = [{ imageId: await server.upload(40, 56) }];

  const { createPreset } = await run<{ createPreset: { preset: { id: string } } }>('CreatePreset', {
    input: { name: 'tiny', basedOn: 'draft', recipe: { size: 48, steps: 3 } },
  });
  const presetId = createPreset.preset.id;
  await run('UpdatePreset', { id: presetId, input: { title: 'Tiny', recipe: { steps: 4 } } });

  // The subscription also receives the following changes.
  const changes = stream<Change>('SessionsChanged');
  const firstChange = changes.next();
  await streamOf(client, operation('Viewer'), {}).next();

  const input = { contentImageId, styles, preset: 'tiny' };
  expect(await run('Estimate', { input })).toMatchObject({ estimate: { estimate: { fits: true, width: 48 } } });
  const create = async () => {
    const { createSession } = await run<{ createSession: { session: { id: string } } }>('Paint', { input });
    return createSession.session.id;
  };
  const id = await create();
  expect((await firstChange).value).toMatchObject({ sessionsChanged: { change: 'CREATED', id } });
  await changes.return(undefined);

  const events = [];
  for await (const event of stream('Watch', { id })) events.push(event);
  expect(events.at(-1)).toMatchObject({
    sessionProgress: { session: { status: 'COMPLETED', resultImage: { url: expect.any(String) as string } }, step: 4 },
  });

  expect(await run('Session', { id })).toMatchObject({
    session: { ownerId: 'local', status: 'COMPLETED', recipe: { steps: 4 } },
  });
  expect(await run('LossCurve', { id })).toMatchObject({ session: { lossCurve: [{ step: 1 }, {}, {}, { step: 4 }] } });
  const { session } = await run<{ session: Record<'png' | 'jpeg' | 'blend', string> }>('Result', { id });
  for (const url of [session.png, session.jpeg, session.blend]) {
    expect((await fetch(server.url + url)).status).toBe(200);
  }
  expect(await run('Timelapse', { id })).toMatchObject({ session: { timelapse: { frames: expect.any(Array) as [] } } });
  expect(await run('Node', { id })).toMatchObject({ node: { id, status: 'COMPLETED' } });
  await run('UpdateSession', { id, input: { title: 'Harbour', tags: ['sea'] } });
  expect(await run('Tags')).toEqual({ tags: ['sea'] });
  expect(await run('Sessions', { tag: 'sea' })).toMatchObject({
    sessions: { totalCount: 1, edges: [{ node: { id } }] },
  });

  // From here on no session is claimed, so the sessions stay in the queue.
  expect(await run('PauseQueue')).toEqual({ pauseQueue: { paused: true, running: null } });
  await run('ContinueSession', { id, steps: 2 });
  const other = await create();
  expect(await run('PauseSession', { id: other })).toMatchObject({ pauseSession: { session: { status: 'PAUSED' } } });
  expect(await run('ResumeSession', { id: other })).toMatchObject({ resumeSession: { session: { status: 'QUEUED' } } });
  expect(await run('Queue')).toMatchObject({ queue: { length: 2, waiting: [{ id }, { id: other }] } });
  await run('CancelSession', { id: other });
  expect(await run('BranchSession', { id, input: { from: 'CHECKPOINT' } })).toMatchObject({
    branchSession: { session: { status: 'QUEUED', parent: { id } } },
  });
  expect(await run('ResumeQueue')).toEqual({ resumeQueue: { paused: false } });
  expect(await run('DeleteSession', { id: other })).toMatchObject({ deleteSession: { deletedId: other } });
  await run('DeletePreset', { id: presetId });

  expect(await run('Storage')).toMatchObject({ storage: { images: expect.any(Number) as number } });
  await run('CleanStorage');
  const { createApiKey } = await run<{ createApiKey: { apiKey: { id: string } } }>('CreateApiKey', {
    input: { name: 'gallery' },
  });
  expect(await run('ApiKeys')).toMatchObject({ apiKeys: [{ name: 'gallery', revokedAt: null }] });
  await run('RevokeApiKey', { id: createApiKey.apiKey.id });
}

/** Sends one operation of a file over HTTP. */
async function ask<T>(
  server: TestServer,
  { query, operationName }: Operation,
  variables: Record<string, unknown>,
): Promise<T> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query, operationName, variables }),
  });
  expect(response.status).toBe(200);
  return dataOf((await response.json()) as GraphqlAnswer<T>, operationName);
}

/** Sends `UploadImage` as a GraphQL multipart request; returns the id of the image. */
async function upload(server: TestServer, asked: Set<string>): Promise<string> {
  const { query, operationName } = operation('UploadImage');
  asked.add(operationName);
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, operationName, variables: { file: null } }));
  form.set('map', JSON.stringify({ 0: ['variables.file'] }));
  form.set('0', new Blob([new Uint8Array(await photo(64, 48).png().toBuffer())]), 'harbour.png');
  const headers = { 'apollo-require-preflight': 'true' };
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: form });
  type Uploaded = GraphqlAnswer<{ uploadImage: { image: { id: string } } }>;
  return dataOf((await response.json()) as Uploaded, operationName).uploadImage.image.id;
}

async function* streamOf<T>(
  client: Client,
  { query, operationName }: Operation,
  variables: Record<string, unknown>,
): AsyncGenerator<T> {
  for await (const answer of client.iterate<T>({ query, operationName, variables })) {
    yield dataOf(answer as GraphqlAnswer<T>, operationName);
  }
}

/** The data of a response without errors, neither of the operation nor in a payload. */
function dataOf<T>({ data, errors }: GraphqlAnswer<T>, name: string): T {
  expect(errors, name).toBeUndefined();
  for (const payload of Object.values(data!) as ({ errors?: unknown[] } | null)[]) {
    expect(payload?.errors ?? [], name).toEqual([]);
  }
  return data!;
}
