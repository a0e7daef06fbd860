import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { BACKEND_NAMES } from '../../src/engine/index.js';

const MAIN = fileURLToPath(new URL('../../src/cli/doctor.ts', import.meta.url));
const run = (...args: string[]) => promisify(execFile)(process.execPath, ['--import', 'tsx', MAIN, ...args]);

it(
  'has a line about every backend, a time for what works, and advice for what does not',
  { timeout: 300_000 },
  async () => {
    const { stdout } = await run('--threads', '1');
    for (const name of BACKEND_NAMES) expect(stdout).toMatch(new RegExp(`${name} +(\\d+\\.\\d ms|no: .+\\n +needs: )`));
    expect(stdout).toMatch(/onnx-cpu +\d/);
    expect(stdout).toMatch(/EASEL_BACKEND=auto takes \S+: .+\.\n/s);
    for (const size of [256, 512, 1024]) expect(stdout).toMatch(new RegExp(`${size} px +\\d+ s +\\d+ MB`));
  },
);

it('refuses a thread count that is none', async () => {
  await expect(run('--threads', 'many')).rejects.toMatchObject({ code: 2 });
});
