import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../storage/support.js';
import { startTestServer } from '../support/server.js';

/** Runs one of the programs as an operator does. */
async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const file = fileURLToPath(new URL(`../../src/cli/${program}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], { env: { ...process.env, ...env } });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { out: out.trim(), err: err.trim(), code: child.exitCode };
}

it('makes the first key before the server is started, and lists and revokes keys while it runs', async () => {
  const dataDir = await temporaryFolder();
  // The host that one is about to listen on is no obstacle.
  const keys = (...args: string[]) => run('keys', args, { EASEL_DATA: dataDir, EASEL_HOST: '0.0.0.0' });
  const made = await keys('create', '--name', 'me', '--admin', '--owner', 'local');
  expect(made.code).toBe(0);
  expect(made.err).toMatch(
    /^key_[0-9a-f]{32} {2}easel_[0-9a-f]{8}\.\.\. {2}ADMIN {2}owner local {2}never used {2}me\n/,
  );
  const server = (await startTestServer({ auth: 'keys', dataDir })).as(made.out);
  expect(await server.ask('{ viewer { ownerId role } }')).toEqual({ viewer: { ownerId: 'local', role: 'ADMIN' } });

  const second = await keys('create', '--name', 'Ada', '--days', '30');
  const ada = server.as(second.out);
  expect(await ada.ask('{ viewer { role } }')).toEqual({ viewer: { role: 'USER' } });
  const id = /key_[0-9a-f]+/.exec(second.err)![0];
  expect((await keys('revoke', id)).out).toMatch(/revoked \d{4}-\d\d-\d\d {2}Ada$/);
  expect((await ada.send('{ __typename }')).errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
  const { out } = await keys();
  expect(out.split('\n')).toHaveLength(2);
  expect(out).not.toContain(made.out);
});

it('says what is wrong with a command', async () => {
  const EASEL_DATA = await temporaryFolder();
  expect(await run('keys', ['create'], { EASEL_DATA })).toMatchObject({ code: 2, out: '' });
  const unknown = await run('keys', ['revoke', 'key_none'], { EASEL_DATA });
  expect(unknown).toEqual({ code: 1, out: '', err: 'There is no API key key_none.' });
});

it('is what the server points to when it is to listen where others can reach it', async () => {
  const EASEL_DATA = await temporaryFolder();
  const { code, err } = await run('serve', [], { EASEL_DATA, EASEL_HOST: '0.0.0.0', EASEL_PORT: '0' });
  expect(code).toBe(1);
  expect(err).toMatch(/EASEL_HOST must be .*npm run keys -- create --name NAME --admin.*EASEL_AUTH=keys/);
});
