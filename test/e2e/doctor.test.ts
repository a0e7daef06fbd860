import { expect, it } from 'vitest';
import { BACKEND_NAMES } from '../../src/engine/index.js';
import { runEasel } from './program.js';

it(
  '`doctor` prints a time for every backend that works, advice for the others, and estimates',
  { timeout: 300_000 },
  async () => {
    const { out } = await runEasel(['doctor', '--threads', '1']);
    for (const name of BACKEND_NAMES) expect(out).toMatch(new RegExp(`${name} +(\\d+\\.\\d ms|no: .+\\n +needs: )`));
    expect(out).toMatch(/onnx-cpu +\d/);
    expect(out).toMatch(/EASEL_BACKEND=auto selects \S+: .+\.\n/s);
    for (const size of [256, 512, 1024]) expect(out).toMatch(new RegExp(`${size} px +\\d+ s +\\d+ MB`));
  },
);
