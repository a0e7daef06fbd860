import { describe, expect, it } from 'vitest';
import { photo } from '../storage/image-files.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Mistake {
  readonly code: string;
  readonly field: string | null;
}

/** Sends a GraphQL multipart request. */
async function uploadImage(server: TestServer, file: Uint8Array, headers: Record<string, string>) {
  const form = new FormData();
  const query =
    'mutation ($file: Upload!) { uploadImage(file: $file) { image { id width height format byteSize fileName url(size: 200) } errors { code field } } }';
  form.set('operations', JSON.stringify({ query, variables: { file: null } }));
  form.set('map', JSON.stringify({ 0: ['variables.file'] }));
  form.set('0', new Blob([new Uint8Array(file)]), 'harbour.png');
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: form });
  return {
    status: response.status,
    body: (await response.json()) as { data: { uploadImage: { image: { id: string } | null; errors: Mistake[] } } },
  };
}

const PREFLIGHT = { 'apollo-require-preflight': 'true' };

describe('uploadImage', () => {
  it('stores an image that can be queried and downloaded', async () => {
    const server = await startTestServer();
    const { body } = await uploadImage(server, await photo(64, 48).png().toBuffer(), PREFLIGHT);
    const { image } = body.data.uploadImage;
    expect(image).toMatchObject({
      width: 64,
      height: 48,
      format: 'PNG',
      fileName: 'harbour.png',
      url: `/images/${image!.id}?size=256`,
    });
    const found = await server.ask('query ($id: ID!) { image(id: $id) { url } }', { id: image!.id });
    expect(found).toEqual({ image: { url: `/images/${image!.id}` } });
    expect((await fetch(`${server.url}/images/${image!.id}`)).status).toBe(200);
  });

  it('returns user errors for invalid files', async () => {
    const server = await startTestServer({ maxUploadBytes: 20_000 });
    const errorsOf = async (file: Uint8Array) =>
      (await uploadImage(server, file, PREFLIGHT)).body.data.uploadImage.errors;
    expect(await errorsOf(Buffer.from('no image'))).toEqual([{ code: 'NOT_AN_IMAGE', field: 'file' }]);
    expect(await errorsOf(Buffer.alloc(20_001))).toEqual([{ code: 'TOO_LARGE', field: 'file' }]);
    expect(await errorsOf(Buffer.alloc(5_000_000))).toEqual([{ code: 'TOO_LARGE', field: 'file' }]);
    expect(await errorsOf(await photo(8, 8).png().toBuffer())).toEqual([{ code: 'TOO_SMALL', field: 'file' }]);
  });

  it('refuses a form of another site', async () => {
    const server = await startTestServer();
    const { status } = await uploadImage(server, await photo(64, 48).png().toBuffer(), {});
    expect(status).toBe(400);
  });
});

describe('createSession', () => {
  const CREATE = `mutation ($input: CreateSessionInput!) {
    createSession(input: $input) {
      session { id status preset recipe { size steps styleLayers { layer weight } } contentImage { id } styles { weight scale image { id } } network { name isFallback } queuePosition losses { total } }
      errors { code field }
    }
  }`;
  interface Created {
    createSession: { session: { id: string } | null; errors: Mistake[] };
  }

  it('returns the queued session', async () => {
    const server = await startTestServer();
    const [content, style] = [await server.upload(64, 48), await server.upload(40, 56)];
    const styleLayers = [{ layer: 'relu1_1' }, { layer: 'relu2_1', weight: 0.5 }];
    const input = { contentImageId: content, styles: [{ imageId: style }], preset: 'classic', recipe: { styleLayers } };
    const { createSession } = await server.ask<Created>(CREATE, { input });
    expect(createSession).toMatchObject({
      session: {
        preset: 'classic',
        recipe: { size: 128, steps: 2000, styleLayers: [{ layer: 'relu1_1', weight: 1 }, { weight: 0.5 }] },
        contentImage: { id: content },
        styles: [{ weight: 1, scale: 1, image: { id: style } }],
        network: { name: 'vgg19-half', isFallback: true },
      },
      errors: [],
    });
  });

  it('accepts an initial image and fields that are null', async () => {
    const server = await startTestServer();
    const [content, style] = [await server.upload(64, 48), await server.upload(40, 56)];
    const recipe = { initialImage: null, noiseRatio: null, colors: 'LUMINANCE_TRANSFER' };
    const input = { contentImageId: content, initialImageId: style, styles: [{ imageId: style }], recipe };
    const created = await server.ask(
      `mutation ($input: CreateSessionInput!) {
        createSession(input: $input) { session { initialImage { id } recipe { initialImage noiseRatio colors } } errors { code } }
      }`,
      { input },
    );
    expect(created).toEqual({
      createSession: {
        session: {
          initialImage: { id: style },
          recipe: { initialImage: 'IMAGE', noiseRatio: null, colors: 'LUMINANCE_TRANSFER' },
        },
        errors: [],
      },
    });
  });

  it('accepts masks, and refuses a mask that leaves no pixels', async () => {
    const server = await startTestServer();
    const [content, style] = [await server.upload(64, 48), await server.upload(40, 56)];
    const mutation = `mutation ($input: CreateSessionInput!) {
      createSession(input: $input) {
        session { styles { maskImage { id } } keepMaskImage { id } }
        errors { code field }
      }
    }`;
    const styles = [{ imageId: style }, { imageId: style, maskImageId: style }];
    const input = { contentImageId: content, styles, keepMaskImageId: content };
    expect(await server.ask(mutation, { input })).toEqual({
      createSession: {
        session: { styles: [{ maskImage: null }, { maskImage: { id: style } }], keepMaskImage: { id: content } },
        errors: [],
      },
    });
    const nowhere = { ...input, styles: [{ imageId: style, maskImageId: 'img_none' }] };
    expect(await server.ask(mutation, { input: nowhere })).toEqual({
      createSession: { session: null, errors: [{ code: 'IMAGE_NOT_FOUND', field: 'styles.0.maskImageId' }] },
    });
  });

  it('returns all user errors and queues nothing', async () => {
    const server = await startTestServer();
    const style = await server.upload(40, 56);
    const input = {
      contentImageId: 'img_none',
      styles: [{ imageId: style, weight: 0 }],
      recipe: { contentLayers: [{ layer: 'relu9_9' }] },
    };
    const { createSession } = await server.ask<Created>(CREATE, { input });
    expect(createSession).toEqual({
      session: null,
      errors: [
        { code: 'INVALID_STYLES', field: 'styles.0.weight' },
        { code: 'IMAGE_NOT_FOUND', field: 'contentImageId' },
        { code: 'INVALID_RECIPE', field: 'recipe.contentLayers' },
      ],
    });
    expect(await server.ask('{ sessions { totalCount } }')).toEqual({ sessions: { totalCount: 0 } });
  });
});

describe('sessions', () => {
  const PAGE = `query ($first: Int!, $after: String, $statuses: [SessionStatus!]) {
    sessions(first: $first, after: $after, statuses: $statuses) {
      edges { cursor node { id contentImage { id } styles { image { id } } } }
      pageInfo { hasNextPage hasPreviousPage endCursor }
      totalCount
    }
  }`;
  interface Page {
    sessions: {
      edges: { node: { id: string } }[];
      pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
      totalCount: number;
    };
  }

  it('are returned in pages', async () => {
    const server = await startTestServer();
    const created = [];
    for (let index = 0; index < 3; index += 1) created.unshift(await server.createSession({ steps: 5000 }));
    const first = (await server.ask<Page>(PAGE, { first: 2 })).sessions;
    const second = (await server.ask<Page>(PAGE, { first: 2, after: first.pageInfo.endCursor })).sessions;
    expect([...first.edges, ...second.edges].map(({ node }) => node.id).toSorted()).toEqual(created.toSorted());
    expect(first).toMatchObject({ pageInfo: { hasNextPage: true, hasPreviousPage: false }, totalCount: 3 });
    expect(second).toMatchObject({ pageInfo: { hasNextPage: false, hasPreviousPage: true }, totalCount: 3 });
    const failed = (await server.ask<Page>(PAGE, { first: 2, statuses: ['FAILED'] })).sessions;
    expect(failed).toMatchObject({ edges: [], totalCount: 0 });
  });

  it('refuse invalid arguments with a code', async () => {
    const server = await startTestServer();
    const codesOf = async (variables: object) =>
      (await server.send(PAGE, variables)).errors!.map(({ extensions }) => extensions.code);
    expect(await codesOf({ first: 2, after: 'nonsense' })).toEqual(['INVALID_CURSOR']);
    expect(await codesOf({ first: 0 })).toEqual(['INVALID_ARGUMENT']);
    expect(await codesOf({ first: 'many' })).toEqual(['BAD_USER_INPUT']);
  });
});

describe('a session', () => {
  it('is null if the id is unknown, like an image', async () => {
    const server = await startTestServer();
    expect(await server.ask('{ session(id: "ses_none") { id } image(id: "img_none") { id } }')).toEqual({
      session: null,
      image: null,
    });
  });

  it('has result URLs of any strength once it has completed', async () => {
    const server = await startTestServer();
    const id = await server.createSession({ steps: 2, size: 32 });
    const RESULT = `query ($id: ID!, $strength: Int) {
      session(id: $id) { plain: resultUrl blend: resultUrl(size: 100, format: WEBP, strength: $strength) }
    }`;
    const events = server.connect().iterate<{ sessionProgress: { session: object } }>({
      query: `subscription ($id: ID!) { sessionProgress(id: $id) { session { status plain: resultUrl } } }`,
      variables: { id },
    });
    const seen = [];
    for await (const { data } of events) seen.push(data!.sessionProgress.session);
    expect(seen.at(-1)).toEqual({ status: 'COMPLETED', plain: `/sessions/${id}/result` });
    const { session } = await server.ask<{ session: { blend: string } }>(RESULT, { id, strength: 30 });
    expect(session.blend).toBe(`/sessions/${id}/result?size=128&format=webp&strength=30`);
    const response = await fetch(server.url + session.blend);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/webp']);
    const unfinished = await server.createSession({ steps: 5000 });
    expect(await server.ask(RESULT, { id: unfinished })).toEqual({ session: { plain: null, blend: null } });
    const { errors } = await server.send(RESULT, { id, strength: 101 });
    expect(errors!.map(({ extensions }) => extensions.code)).toEqual(['INVALID_ARGUMENT']);
  });

  it('can be cancelled in the queue; a second cancellation changes nothing', async () => {
    const server = await startTestServer();
    await server.createSession({ steps: 5000 });
    const id = await server.createSession({ steps: 5000 });
    const CANCEL =
      'mutation ($id: ID!) { cancelSession(id: $id) { session { status queuePosition finishedAt } errors { code field } } }';
    const cancelled = { session: { status: 'CANCELLED', queuePosition: null }, errors: [] };
    expect(await server.ask(CANCEL, { id })).toMatchObject({ cancelSession: cancelled });
    expect(await server.ask(CANCEL, { id })).toMatchObject({ cancelSession: cancelled });
    expect(await server.ask(CANCEL, { id: 'ses_none' })).toEqual({
      cancelSession: { session: null, errors: [{ code: 'SESSION_NOT_FOUND', field: 'id' }] },
    });
  });
});

describe('the engine', () => {
  it('reports its state and the installed networks', async () => {
    const server = await startTestServer();
    const { engine } = await server.ask<{ engine: object }>(
      '{ engine { state backend reason threads queueLength networks { name sha256 layers licence source } } }',
    );
    expect(engine).toMatchObject({ threads: 1, queueLength: 0 });
    expect(engine).toMatchObject({
      networks: [
        { name: 'vgg19', sha256: null, layers: [], licence: null },
        { name: 'vgg19-half', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        {
          name: 'vgg19-quarter',
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          layers: expect.arrayContaining(['relu1_1', 'relu5_1']),
          licence: expect.stringMatching(/^CC BY 4.0/),
          source: expect.stringMatching(/VGG19/),
        },
      ],
    });
  });
});
