import { expect, it } from 'vitest';
import { temporaryFolder } from '../storage/support.js';
import { runEasel } from './program.js';
import { startTestServer } from '../support/server.js';

it('`keys` creates the first key before the server starts, and lists and revokes keys while it runs', async () => {
  const dataDir = await temporaryFolder();
  // A host that needs keys does not keep the first key from being created.
  const keys = (...args: string[]) => runEasel(['keys', ...args], { EASEL_DATA: dataDir, EASEL_HOST: '0.0.0.0' });
  const made = await keys('create', '--name', 'me', '--admin', '--owner', 'local');
  expect(made.code).toBe(0);
  expect(made.err).toMatch(
    /^key_[0-9a-f]{32} {2}easel_[0-9a-f]{8}\.\.\. {2}ADMIN {2}owner local {2}never used {2}me\n/,
  );
  const server = (await startTestServer({ auth: 'keys', dataDir })).as(made.out.trim());
  expect(await server.ask('{ viewer { ownerId role } }')).toEqual({ viewer: { ownerId: 'local', role: 'ADMIN' } });

  const second = await keys('create', '--name', 'Ada', '--days', '30');
  const ada = server.as(second.out.trim());
  expect(await ada.ask('{ viewer { role } }')).toEqual({ viewer: { role: 'USER' } });
  const id = /key_[0-9a-f]+/.exec(second.err)![0];
  expect((await keys('revoke', id)).out).toMatch(/revoked \d{4}-\d\d-\d\d {2}Ada\n$/);
  expect((await ada.send('{ __typename }')).errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
  const { out } = await keys();
  expect(out.trim().split('\n')).toHaveLength(2);
  expect(out).not.toContain(made.out.trim());
});

it('an error of an operator is one line, without a stack trace', async () => {
  const unknown = await runEasel(['keys', 'revoke', 'key_none'], { EASEL_DATA: await temporaryFolder() });
  expect(unknown).toEqual({ code: 1, out: '', err: expect.stringMatching(/^[^\n]*key_none[^\n]*\n$/) as string });
});

it('the server names `keys create` when it refuses a public host without keys', async () => {
  const EASEL_DATA = await temporaryFolder();
  const { code, err } = await runEasel(['serve'], { EASEL_DATA, EASEL_HOST: '0.0.0.0', EASEL_PORT: '0' });
  expect(code).toBe(1);
  expect(err).toMatch(/EASEL_HOST .*npm run keys -- create --name NAME --admin.*EASEL_AUTH=keys/);
});
