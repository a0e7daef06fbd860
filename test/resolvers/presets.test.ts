import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../src/engine/recipe/presets.js';
import { MAX_PRESETS } from '../../src/presets/preset-service.js';
import { startGuarded } from '../auth/support.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Preset {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly builtIn: boolean;
  readonly useCount: number;
  readonly createdAt: string | null;
  readonly recipe: { readonly size: number; readonly steps: number; readonly optimizer: string };
}
interface Payload {
  readonly preset: Preset | null;
  readonly errors: readonly { readonly code: string; readonly field: string | null; readonly message: string }[];
}

const FIELDS = 'id name title description builtIn useCount createdAt recipe { size steps optimizer }';

const create = async (server: TestServer, input: object): Promise<Payload> =>
  (
    await server.ask<{ createPreset: Payload }>(
      `mutation ($input: CreatePresetInput!) { createPreset(input: $input) { preset { ${FIELDS} } errors { code field message } } }`,
      { input },
    )
  ).createPreset;

const update = async (server: TestServer, id: string, input: object): Promise<Payload> =>
  (
    await server.ask<{ updatePreset: Payload }>(
      `mutation ($id: ID!, $input: UpdatePresetInput!) { updatePreset(id: $id, input: $input) { preset { ${FIELDS} } errors { code field message } } }`,
      { id, input },
    )
  ).updatePreset;

const remove = async (server: TestServer, id: string) =>
  (
    await server.ask<{ deletePreset: { deletedId: string | null; errors: Payload['errors'] } }>(
      'mutation ($id: ID!) { deletePreset(id: $id) { deletedId errors { code field message } } }',
      { id },
    )
  ).deletePreset;

const list = async (server: TestServer) =>
  (await server.ask<{ presets: Preset[] }>(`{ presets { ${FIELDS} } }`)).presets;

/** Creates a session with this preset and two small images. */
async function createSession(server: TestServer, preset: string, recipe: object = {}) {
  const [content, style] = await Promise.all([server.upload(64, 48), server.upload(40, 56)]);
  return (
    await server.ask<{
      createSession: {
        session: { id: string; preset: string; recipe: Preset['recipe'] } | null;
        errors: Payload['errors'];
      };
    }>(
      'mutation ($input: CreateSessionInput!) { createSession(input: $input) { session { id preset recipe { size steps optimizer } } errors { code field message } } }',
      { input: { contentImageId: content, styles: [{ imageId: style }], preset, recipe } },
    )
  ).createSession;
}

const codes = ({ errors }: Pick<Payload, 'errors'>) => errors.map(({ code, field }) => [code, field]);

const OILS = {
  name: 'my-oils',
  title: 'My oils',
  description: 'Small and quick.',
  basedOn: 'draft',
  recipe: { size: 48, steps: 2, optimizer: 'ADAM' },
};

describe('presets of users', () => {
  it('can be created, listed after the built-in ones, used, counted, changed and deleted', async () => {
    const server = await startTestServer();
    const { preset, errors } = await create(server, OILS);
    expect(errors).toEqual([]);
    const { name, title, description, recipe } = OILS;
    expect(preset).toMatchObject({ name, title, description, recipe, builtIn: false, useCount: 0 });
    const all = await list(server);
    expect(all.map(({ name }) => name)).toEqual([...PRESETS.map(({ name }) => name), 'my-oils']);
    expect(all[0]).toMatchObject({ builtIn: true, useCount: 0, createdAt: null });

    const first = await createSession(server, 'my-oils');
    expect(first.session).toMatchObject({ preset: 'my-oils', recipe: OILS.recipe });
    await createSession(server, 'my-oils', { steps: 1 });
    await createSession(server, 'draft', { size: 48, steps: 1 });
    const uses = Object.fromEntries((await list(server)).map(({ name, useCount }) => [name, useCount]));
    expect(uses).toMatchObject({ 'my-oils': 2, draft: 1, balanced: 0 });

    const node = 'query ($id: ID!) { node(id: $id) { id ... on Preset { name } } }';
    for (const { id, name } of [all[0]!, preset!])
      expect(await server.ask(node, { id })).toEqual({ node: { id, name } });

    const { preset: changed } = await update(server, preset!.id, { name: 'oils', recipe: { steps: 3 } });
    expect(changed).toMatchObject({ name: 'oils', title: 'My oils', useCount: 2, recipe: { size: 48, steps: 3 } });
    expect(codes(await createSession(server, 'my-oils'))).toEqual([['PRESET_NOT_FOUND', 'preset']]);
    // The session keeps its recipe.
    const session = 'query ($id: ID!) { session(id: $id) { preset recipe { size steps optimizer } } }';
    const before = { session: { preset: 'my-oils', recipe: OILS.recipe } };
    expect(await server.ask(session, { id: first.session!.id })).toEqual(before);

    expect(await remove(server, preset!.id)).toEqual({ deletedId: preset!.id, errors: [] });
    expect(await list(server)).toHaveLength(PRESETS.length);
    expect(codes(await remove(server, preset!.id))).toEqual([['PRESET_NOT_FOUND', 'id']]);
    expect(await server.ask(session, { id: first.session!.id })).toEqual(before);
    // A new preset with the same name has no uses.
    expect((await create(server, OILS)).preset).toMatchObject({ name: 'my-oils', useCount: 0 });
  });

  it('can be named in estimates and branches; a branch without a preset keeps that of its parent', async () => {
    const server = await startTestServer();
    const [content, style] = await Promise.all([server.upload(64, 48), server.upload(40, 56)]);
    const { preset } = await create(server, OILS);
    const input = { contentImageId: content, styles: [{ imageId: style }], preset: 'my-oils' };
    const estimate =
      'query ($input: CreateSessionInput!) { estimate(input: $input) { estimate { width height } errors { code field } } }';
    expect(await server.ask(estimate, { input })).toEqual({
      estimate: { estimate: { width: 48, height: 36 }, errors: [] },
    });
    expect(await server.ask(estimate, { input: { ...input, preset: 'no-oils' } })).toEqual({
      estimate: { estimate: null, errors: [{ code: 'PRESET_NOT_FOUND', field: 'preset' }] },
    });

    const branch = async (id: string, asked: object) =>
      (
        await server.ask<{ branchSession: { session: { id: string; preset: string; recipe: Preset['recipe'] } } }>(
          'mutation ($id: ID!, $input: BranchSessionInput!) { branchSession(id: $id, input: $input) { session { id preset recipe { size steps optimizer } } } }',
          { id, input: { from: 'RECIPE', ...asked } },
        )
      ).branchSession.session;
    const { session } = await createSession(server, 'draft', { size: 64, steps: 1 });
    const named = await branch(session!.id, { preset: 'my-oils' });
    expect(named).toMatchObject({ preset: 'my-oils', recipe: OILS.recipe });
    await remove(server, preset!.id);
    const unnamed = await branch(named.id, { recipe: { steps: 1 } });
    expect(unnamed).toMatchObject({ preset: 'my-oils', recipe: { ...OILS.recipe, steps: 1 } });
  });

  it('are refused with all user errors, and nothing is stored', async () => {
    const server = await startTestServer();
    const all = await create(server, {
      name: 'My Oils',
      title: 'x'.repeat(101),
      description: 'x'.repeat(1001),
      recipe: { size: 5000 },
    });
    expect(codes(all)).toEqual([
      ['INVALID_PRESET', 'name'],
      ['INVALID_PRESET', 'title'],
      ['INVALID_PRESET', 'description'],
      ['INVALID_RECIPE', 'recipe.size'],
    ]);
    expect(codes(await create(server, { name: 'a', basedOn: 'nothing' }))).toEqual([['PRESET_NOT_FOUND', 'basedOn']]);
    expect(codes(await create(server, { name: 'draft' }))).toEqual([['PRESET_NAME_TAKEN', 'name']]);
    for (const name of ['', '-a', 'a-', 'a--b', 'é', 'a'.repeat(41)]) {
      expect(codes(await create(server, { name })), name).toEqual([['INVALID_PRESET', 'name']]);
    }
    expect(await list(server)).toHaveLength(PRESETS.length);

    const { preset } = await create(server, { name: 'one' });
    expect(preset).toMatchObject({ title: 'one', description: '' });
    await create(server, { name: 'two' });
    expect(codes(await create(server, { name: 'one' }))).toEqual([['PRESET_NAME_TAKEN', 'name']]);
    expect(codes(await update(server, preset!.id, { name: 'two' }))).toEqual([['PRESET_NAME_TAKEN', 'name']]);
    expect(codes(await update(server, preset!.id, { name: 'bold', recipe: { steps: 0 } }))).toEqual([
      ['PRESET_NAME_TAKEN', 'name'],
      ['INVALID_RECIPE', 'recipe.steps'],
    ]);
    expect((await list(server)).at(-2)).toEqual(preset);
  });

  it('do not include the built-in ones, which cannot be changed or deleted', async () => {
    const server = await startTestServer();
    const [balanced] = await list(server);
    expect(codes(await update(server, balanced!.id, { title: 'Mine' }))).toEqual([['PRESET_BUILT_IN', 'id']]);
    expect(codes(await remove(server, balanced!.id))).toEqual([['PRESET_BUILT_IN', 'id']]);
    expect((await list(server))[0]).toEqual(balanced);
  });

  it('are limited in number, also for concurrent requests', async () => {
    const server = await startTestServer({ maxComplexity: 100_000, maxAliases: 1000 });
    const fields = Array.from(
      { length: MAX_PRESETS },
      (_, n) => `p${n}: createPreset(input: { name: "p${n}" }) { errors { code } }`,
    );
    // Two concurrent halves, then one more.
    const halves = [fields.slice(0, 60), fields.slice(60)].map((half) => server.ask(`mutation { ${half.join(' ')} }`));
    await Promise.all([...halves, ...['q0', 'q1', 'q2'].map((name) => create(server, { name }))]);
    expect(await list(server)).toHaveLength(PRESETS.length + MAX_PRESETS);
    expect(codes(await create(server, { name: 'more' }))).toEqual([['TOO_MANY_PRESETS', null]]);
  });

  it('are visible to their owner only', async () => {
    const { ada, bob, admin } = await startGuarded();
    const { preset } = await create(ada, { ...OILS, description: undefined });
    expect((await list(bob)).filter(({ builtIn }) => !builtIn)).toEqual([]);
    expect(codes(await createSession(bob, 'my-oils'))).toEqual([['PRESET_NOT_FOUND', 'preset']]);
    expect(codes(await update(bob, preset!.id, { title: 'Bob’s' }))).toEqual([['PRESET_NOT_FOUND', 'id']]);
    expect(codes(await remove(bob, preset!.id))).toEqual([['PRESET_NOT_FOUND', 'id']]);
    expect(await bob.ask('query ($id: ID!) { node(id: $id) { id } }', { id: preset!.id })).toEqual({ node: null });
    // Another owner can use the same name.
    expect((await create(bob, { name: 'my-oils', recipe: { size: 64 } })).errors).toEqual([]);
    await createSession(bob, 'my-oils', { steps: 1 });
    expect((await list(ada)).at(-1)).toEqual(preset);
    expect((await remove(admin, preset!.id)).errors).toEqual([]);
    expect((await list(bob)).at(-1)).toMatchObject({ name: 'my-oils', useCount: 1, recipe: { size: 64 } });
  });
});
