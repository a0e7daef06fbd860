import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { writeSafetensors } from '../../src/engine/network/safetensors-writer.js';
import { smallVgg } from '../engine/networks.js';
import { serveWeights } from '../engine/weights-server.js';
import { temporaryFolder } from '../storage/support.js';
import { runEasel } from './program.js';

let cacheDir: string;
let raw: string;
beforeEach(async () => {
  cacheDir = await temporaryFolder();
  raw = path.join(cacheDir, 'raw.safetensors');
  await writeSafetensors(raw, smallVgg(), {});
});

const networks = (...args: string[]) =>
  runEasel(['networks', ...args], { EASEL_CACHE: cacheDir, EASEL_THREADS: '1', EASEL_WEIGHTS_URL: 'offline' });

it('`networks import` adds a network to the list', async () => {
  const imported = await networks('import', raw, '--name', 'mine', '--licence', 'CC0');
  expect(imported).toMatchObject({ code: 0, err: '' });
  expect(imported.out).toMatch(/^relu1_1 {2}mean activation [\d.]+ -> 1\n/);
  const { out } = await networks();
  expect(out).toMatch(/^vgg19 +not installed$/m);
  expect(out).toMatch(/^mine +[0-9a-f]{12} {2}to relu3_1 {2}CC0$/m);
});

it('`networks download` installs vgg19', async () => {
  const server = await serveWeights(await readFile(raw));
  const { code, out } = await networks('download', '--url', server.url);
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(/100 % of 0\.0 MB\nInstalled vgg19 /) as string,
  });
  expect((await networks()).out).toMatch(/^vgg19 +[0-9a-f]{12} {2}to relu3_1/m);
});

it.each([
  [['import', '/nowhere', '--name', 'mine'], '/nowhere'],
  [['import', '/nowhere', '--name', '../mine'], '../mine'],
  [['import', '/nowhere', '--name', 'vgg19-half'], 'vgg19-half'],
  [['download'], 'EASEL_WEIGHTS_URL'],
])('%j exits with code 1 and one line that names the problem', async (args, name) => {
  const { code, err } = await networks(...args);
  expect(code).toBe(1);
  expect(err).toMatch(/^[^\n]+\n$/);
  expect(err).toContain(name);
});

it.each([
  [['dance']],
  [['networks', 'dance']],
  [['networks', 'import', 'raw.safetensors']],
  [['networks', 'download', '--url', 'nowhere']],
  [['keys', 'create']],
  [['keys', 'create', '--name', 'me', '--days', '0']],
  [['doctor', '--threads', 'many']],
  [['demo', '--style', 'swirls.jpg:0']],
  [['demo', '--out', 'result.tiff']],
])('the usage error %j exits with code 2, one sentence and the usage', async (args) => {
  const { code, out, err } = await runEasel(args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^error: [^\n]+\n\nUsage: easel /);
});
