import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, it } from 'vitest';
import { writeSafetensors } from '../../src/engine/network/safetensors-writer.js';
import { smallVgg } from '../engine/networks.js';
import { serveWeights } from '../engine/weights-server.js';
import { temporaryFolder } from '../storage/support.js';

const PROGRAM = fileURLToPath(new URL('../../src/cli/networks.ts', import.meta.url));

let home: string;
let raw: string;
beforeEach(async () => {
  home = await temporaryFolder();
  raw = path.join(home, 'raw.safetensors');
  await writeSafetensors(raw, smallVgg(), {});
});

/** Runs the program as an operator does. */
function networks(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, EASEL_CACHE: home, EASEL_THREADS: '1', EASEL_WEIGHTS_URL: 'offline' };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', PROGRAM, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

it('imports a network and lists it', async () => {
  const imported = await networks('import', raw, '--name', 'mine', '--licence', 'CC0');
  expect(imported).toMatchObject({ code: 0, stderr: '' });
  expect(imported.stdout).toMatch(/^relu1_1 {2}mean activation [\d.]+ -> 1\n/);
  const { stdout } = await networks();
  expect(stdout).toMatch(/^vgg19 +not at hand$/m);
  expect(stdout).toMatch(/^mine +[0-9a-f]{12} {2}to relu3_1 {2}CC0$/m);
});

it('downloads vgg19', async () => {
  const server = await serveWeights(await readFile(raw));
  const { code, stdout } = await networks('download', '--url', server.url);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/100 % of 0\.0 MB\nvgg19 is /) as string });
  expect((await networks()).stdout).toMatch(/^vgg19 +[0-9a-f]{12} {2}to relu3_1/m);
});

it.each([
  [['import', 'raw.safetensors'], /^import wants one FILE and --name NAME\n\nUsage/],
  [['import', '/nowhere', '--name', 'mine'], /^cannot read the network file \/nowhere\n$/],
  [['import', '/nowhere', '--name', '../mine'], /^"..\/mine" is no network's name/],
  [['import', '/nowhere', '--name', 'vgg19-half'], /^vgg19-half is embedded/],
  [['download'], /^EASEL_WEIGHTS_URL says offline/],
  [['dance'], /^there is no command dance/],
])('says what is wrong with %j', async (args, message) => {
  const { code, stderr } = await networks(...args);
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
});
